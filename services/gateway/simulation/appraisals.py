"""Applications for appraisal as the intake windows take them, and the experts they need."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from schemas.appraisal import Applicant, ConclusionKind, Fixation, Ground, Material, Specialty
from schemas.vocabulary import District
from services.gateway.simulation.identities import citizen_number, person_name, telephone, unit_code
from services.gateway.simulation.units import Unit

Row = dict[str, str]

POOL = "pool-371000"
CITY = "371000"
OTHER_CITY = "370600"
_MATERIALS = (Material.APPLICATION_FORM, Material.MEDICAL_RECORDS, Material.IDENTITY_DOCUMENT)
_KINDS = (
    (ConclusionKind.DISABILITY_GRADE, 50),
    (ConclusionKind.NURSING_GRADE, 8),
    (ConclusionKind.SUSPENSION_EXTENSION, 8),
    (ConclusionKind.ASSISTIVE_DEVICE, 6),
    (ConclusionKind.OLD_INJURY_RECURRENCE, 6),
    (ConclusionKind.REHABILITATION, 5),
    (ConclusionKind.REVIEW, 5),
    (ConclusionKind.NON_WORK_CAPACITY, 8),
    (ConclusionKind.CAUSAL_RELATION, 2),
    (ConclusionKind.DEPENDANT_CAPACITY, 2),
)
_COMMON = (
    Specialty.ORTHOPAEDICS,
    Specialty.HAND_SURGERY,
    Specialty.NEUROSURGERY,
    Specialty.GENERAL_SURGERY,
    Specialty.OPHTHALMOLOGY,
    Specialty.BURNS,
    Specialty.OCCUPATIONAL_DISEASE,
    Specialty.INTERNAL_MEDICINE,
)
_FINDINGS = {
    Specialty.ORTHOPAEDICS: "右胫骨骨折术后",
    Specialty.HAND_SURGERY: "左手示指末节缺损",
    Specialty.NEUROSURGERY: "颅脑损伤恢复期",
    Specialty.GENERAL_SURGERY: "脾破裂切除术后",
    Specialty.OPHTHALMOLOGY: "右眼外伤",
    Specialty.BURNS: "躯干烧伤瘢痕",
    Specialty.OCCUPATIONAL_DISEASE: "尘肺壹期",
    Specialty.INTERNAL_MEDICINE: "慢性肾功能不全",
}
_YES = ("false", "true")
_MANIFOLD_EVERY, _MANIFOLD_FIRST, _MANIFOLD = 12, 2, 4
"""Each twelfth injury, from the second on, concerns four specialties: such a case is for a panel of five."""


class Hospital:
    """The hospitals that treat, and that employ the experts: codes only."""

    def __init__(self, random: Random, count: int) -> None:
        used: set[str] = set()
        self.codes = [unit_code(random, district, used) for district in [*District, *District][:count]]


def experts(random: Random, count: int, hospitals: Hospital, end: date) -> list[Row]:
    """The pool: each specialty several times; a few without senior title, untrained, or with their term over."""
    rows = []
    for number in range(1, count + 1):
        first = list(Specialty)[number % len(Specialty)]
        others = {random.choice(_COMMON), random.choice(list(Specialty))} if number % 2 else set()
        specialties = [first, *sorted(others - {first})]
        over = number % 19 == 0
        rows.append(
            {
                "reference": f"ZJ-{number:03d}",
                "district": random.choice(list(District)).value,
                "occurred_on": (end - timedelta(days=400)).isoformat(),
                "pool_key": POOL,
                "expert_key": f"expert-{number:03d}",
                "specialties": ";".join(specialties),
                "senior_title": _YES[number % 17 != 0],
                "trained": _YES[number % 13 != 0],
                "term_from": (end - timedelta(days=400)).isoformat(),
                "term_until": (end + timedelta(days=-30 if over else 900)).isoformat(),
                "employer_unit_code": random.choice(hospitals.codes),
            }
        )
    return rows


class IntakeWindow:
    """Writes applications; most can be accepted, some cannot, some lack papers, some are of manifold injuries."""

    def __init__(self, random: Random, units: Sequence[Unit], hospitals: Hospital) -> None:
        self._random, self._units, self._hospitals = random, units, hospitals
        self._persons: set[str] = set()
        self._number = 0

    def application(self, received_on: date) -> Row:
        """One application handed in on a day; every sixth or so has something about it."""
        self._number += 1
        random, unit = self._random, self._random.choice(self._units)
        kinds, weights = zip(*_KINDS, strict=True)
        kind: ConclusionKind = random.choices(kinds, weights=weights)[0]
        ground = Ground.NON_WORK if kind is ConclusionKind.NON_WORK_CAPACITY else Ground.WORK_INJURY
        specialties = random.sample(_COMMON, k=random.choice((1, 1, 2, 3)))
        if self._number % _MANIFOLD_EVERY == _MANIFOLD_FIRST:
            # Without a further draw, so that all other rows of a seed are the same with and without these.
            specialties += [each for each in _COMMON if each not in specialties][: _MANIFOLD - len(specialties)]
        row = {
            "reference": f"JD-{received_on:%Y}-{self._number:04d}",
            "district": unit.district.value,
            "occurred_on": received_on.isoformat(),
            "citizen_number": citizen_number(random, unit.district, self._persons),
            "name": person_name(random),
            "contact_phone": telephone(random),
            "applicant": random.choice((Applicant.WORKER, Applicant.WORKER, Applicant.UNIT)).value,
            "kind": kind.value,
            "ground": ground.value,
            "city_code": CITY,
            "received_on": received_on.isoformat(),
            "recognised_on": "",
            "previous_conclusion_on": "",
            "condition_stable": "true",
            "suspension_over": random.choice(_YES),
            "fixation": random.choice((Fixation.NONE, Fixation.REMOVED)).value,
            "specialties": ";".join(specialties),
            "materials": ";".join(_MATERIALS),
            "employer_unit_code": unit.code,
            "treating_hospital_codes": random.choice(self._hospitals.codes),
            "diagnosis": "、".join(_FINDINGS[specialty] for specialty in specialties),
        }
        if ground is Ground.WORK_INJURY:
            row["recognised_on"] = (received_on - timedelta(days=random.randrange(190, 700))).isoformat()
        if kind is ConclusionKind.REVIEW:
            row["previous_conclusion_on"] = (received_on - timedelta(days=random.randrange(380, 1500))).isoformat()
        return row | self._particular(row, received_on)

    def _particular(self, row: Row, received_on: date) -> Row:
        """What every so many applications have about them: refusals by scope and kind, warnings, missing papers."""
        recently = (received_on - timedelta(days=60)).isoformat() if row["recognised_on"] else ""
        particulars: dict[int, Row] = {
            3: {"city_code": OTHER_CITY},
            6: {"kind": ConclusionKind.DISABILITY_GRADE.value, "ground": Ground.NON_WORK.value},
            9: {"ground": Ground.WORK_INJURY.value, "recognised_on": "", "applicant": Applicant.AGENCY.value},
            12: {
                "kind": ConclusionKind.REVIEW.value,
                "previous_conclusion_on": (received_on - timedelta(days=100)).isoformat(),
            },
            15: {"materials": Material.APPLICATION_FORM.value},
            18: {"fixation": Fixation.RETAINED.value, "kind": ConclusionKind.DISABILITY_GRADE.value},
            20: {"recognised_on": recently},
            22: {"applicant": Applicant.CLOSE_RELATIVE.value, "condition_stable": "false"},
        }
        return particulars.get(self._number % 24, {})


def withdrawal(application: Row, on: date) -> Row:
    """The applicant takes an application back."""
    return {
        "reference": f"CH-{application['reference']}",
        "district": application["district"],
        "occurred_on": on.isoformat(),
        "citizen_number": application["citizen_number"],
        "reverses": application["reference"],
    }
