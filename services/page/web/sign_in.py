"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce; Authlib judges the ID token's claims."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.page.web.people import Person, person_of
from services.page.web.sessions import Login, same
from services.page.web.settings import WebSettings
from services.runtime.errors import Unavailable

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures an ID token may bear; none of them is a shared secret, and `none` is none of them."""
SCOPE = "openid profile"
STARTED_SECONDS_MAX = 600
LEEWAY_S = 30
PATH_CHARACTERS_MAX = 500
CALLBACK = "/signed-in"
ASKED_S_MAX = 3.0
"""So long a request waits for the provider to say who somebody is by now."""
REFUSALS_OF_TOKENS = (400, 401, 403)
"""How a provider says that a token does not count; anything else says nothing about the person."""


class SignInRefused(Exception):
    """Somebody came back from the provider with what does not count; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderUnavailable(Unavailable):
    """The provider does not answer, or not as one does."""


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and what it brings back in a cookie: signed, short-lived, bound to this answer alone."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back, where on this page they wanted to go, and what the provider is asked about them with."""

    person: Person
    to: str
    login: Login


class SignIn:
    """One provider and one page. Holds no secret of a person; what is under way lies in the browser, signed."""

    def __init__(self, settings: WebSettings, client: httpx.AsyncClient) -> None:
        self._settings, self._client = settings, client
        self._signed = URLSafeTimedSerializer(secrets.token_bytes(32), salt="shebao-page-sign-in")
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    async def start(self, next_path: str) -> Started:
        """Begin; `next_path` is where the person wanted to go on this page."""
        metadata = await self._provider()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._settings.page_client_id,
            "code",
            redirect_uri=self._callback,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Started(url, self._signed.dumps([state, nonce, verifier, own_path(next_path)]))

    async def finish(self, cookie: str, state: str, code: str, issuer: str = "") -> Returned:
        """Give who came back; `SignInRefused` for what does not count."""
        try:
            expected, nonce, verifier, next_path = self._signed.loads(cookie, max_age=STARTED_SECONDS_MAX)
        except (BadData, ValueError):
            raise SignInRefused("sign-in-not-started") from None
        if not same(state, expected):
            raise SignInRefused("sign-in-state-wrong")
        if issuer and issuer.rstrip("/") != self._settings.page_provider.rstrip("/"):
            raise SignInRefused("sign-in-issuer-wrong")
        tokens = await self._tokens_for(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._callback,
                "code_verifier": verifier,
            }
        )
        if tokens is None or "id_token" not in tokens:
            raise SignInRefused("sign-in-code-refused")
        claims = await self._claims(tokens, nonce)
        person = person_of(claims)
        if person is None or not person.roles:
            raise SignInRefused("person-without-role")
        return Returned(person, next_path, _login(str(claims["sub"]), tokens))

    async def person_now(self, login: Login) -> Person | None:
        """Ask the provider who somebody is by now; None where it vouches for nobody any more. A token that is over is renewed, once.

        `ProviderUnavailable` where it does not answer, or cannot be asked: then nothing is known.
        """
        claims = await self._user_info(login)
        if claims is None and login.refresh_token:
            tokens = await self._tokens_for({"grant_type": "refresh_token", "refresh_token": login.refresh_token})
            if tokens is not None:
                fresh = _login(login.subject, tokens)
                login.access_token, login.refresh_token = (
                    fresh.access_token,
                    fresh.refresh_token or login.refresh_token,
                )
                claims = await self._user_info(login)
        return None if claims is None or claims.get("sub") != login.subject else person_of(claims)

    async def _user_info(self, login: Login) -> dict[str, Any] | None:
        endpoint = (await self._provider()).get("userinfo_endpoint")
        if not isinstance(endpoint, str):
            raise ProviderUnavailable(
                "登录服务没有 userinfo 地址，无从复核岗位。",
                "The sign-in provider names no userinfo_endpoint to ask about roles.",
            )
        try:
            answer = await self._client.get(
                endpoint, headers={"Authorization": f"Bearer {login.access_token}"}, timeout=ASKED_S_MAX
            )
            found = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailable("登录服务没有应答。", "The sign-in provider does not answer.") from error
        if answer.status_code in REFUSALS_OF_TOKENS:
            return None
        if not isinstance(found, dict):
            raise ProviderUnavailable(
                "登录服务的答复不是应有的格式。", "The sign-in provider answers what is no object."
            )
        return found

    @property
    def _callback(self) -> str:
        return self._settings.address + CALLBACK

    async def _tokens_for(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Ask for tokens; None where the provider gives none for this."""
        endpoint = (await self._provider())["token_endpoint"]
        secret = self._settings.client_secret
        login = httpx.BasicAuth(self._settings.page_client_id, secret) if secret else httpx.USE_CLIENT_DEFAULT
        if not secret:
            form = {**form, "client_id": self._settings.page_client_id}
        try:
            answer = await self._client.post(endpoint, data=form, auth=login)
            tokens = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailable("登录服务没有应答。", "The sign-in provider does not answer.") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ProviderUnavailable("登录服务没有应答。", "The sign-in provider does not answer.")
        return tokens if answer.status_code == httpx.codes.OK and isinstance(tokens, dict) else None

    async def _claims(self, tokens: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        issuer, client_id = (await self._provider())["issuer"], self._settings.page_client_id
        options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
        try:
            token = await self._decoded(str(tokens["id_token"]))
            params = {"nonce": nonce, "client_id": client_id, "access_token": tokens.get("access_token", "")}
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise SignInRefused("sign-in-token-invalid") from error
        return dict(claims)

    async def _decoded(self, id_token: str) -> jwt.Token:
        """Check the signature; a key met for the first time is asked for once."""
        known = self._keys
        if known is not None:
            try:
                return jwt.decode(id_token, known, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                self._keys = None  # the provider may have rotated its keys since
        return jwt.decode(id_token, await self._key_set(), algorithms=ALGORITHMS)

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            found: Any = await self._json((await self._provider())["jwks_uri"])
            self._keys = KeySet.import_key_set(found)
        return self._keys

    async def _provider(self) -> dict[str, Any]:
        """Ask the provider once how it is reached; it has to be the one of the settings."""
        if self._metadata is None:
            issuer = self._settings.page_provider.rstrip("/")
            metadata = await self._json(get_well_known_url(issuer, external=True))
            if str(metadata.get("issuer", "")).rstrip("/") != issuer:
                raise ProviderUnavailable(
                    "登录服务自报的名称与 SHEBAO_PAGE_PROVIDER 不符。",
                    "The sign-in provider calls itself otherwise than SHEBAO_PAGE_PROVIDER does.",
                )
            self._metadata = metadata
        return self._metadata

    async def _json(self, url: str) -> dict[str, Any]:
        try:
            answer = await self._client.get(url)
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailable("登录服务没有应答。", "The sign-in provider does not answer.") from error
        if not isinstance(found, dict):
            raise ProviderUnavailable(
                "登录服务的答复不是应有的格式。", "The sign-in provider answers what is no object."
            )
        return found


def _login(subject: str, tokens: Mapping[str, Any]) -> Login:
    return Login(subject, str(tokens.get("access_token", "")), str(tokens.get("refresh_token") or ""))


def own_path(path: str) -> str:
    """Give a path of this page to go to; the first view for whatever leads elsewhere."""
    is_own = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_own and len(path) <= PATH_CHARACTERS_MAX and path.isprintable() else "/"
