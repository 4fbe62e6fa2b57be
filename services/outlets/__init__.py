"""Outlets (网点): each outlet's stock of blank cards, asked by the cards service."""
