"""Texts: one wording per locale."""

Texts = dict[str, str]


def texts(en: str, de: str) -> Texts:
    return {"en": en, "de": de}
