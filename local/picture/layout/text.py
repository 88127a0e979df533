"""How wide a text will be. The reader's system chooses the font, so this is the width in a generous one."""

from collections.abc import Mapping

EMS: Mapping[str, float] = {
    **dict.fromkeys("ijlI.,:;'|!/ ", 0.29),
    **dict.fromkeys("frt()[]{}-·", 0.36),
    **dict.fromkeys("cksvxyzJ", 0.53),
    **dict.fromkeys("ABDEFKLPRSTVXYZ", 0.68),
    **dict.fromkeys("CGHNOQUw", 0.76),
    **dict.fromkeys("mMW@%→—", 0.92),
}
_ANY = 0.59
_MONO = 0.62
_BOLD = 1.14


def width(text: str, size: float, *, mono: bool = False, bold: bool = False) -> int:
    """The width in pixels that the text stays below in the fonts of the usual systems."""
    ems = len(text) * _MONO if mono else sum(EMS.get(sign, _ANY) for sign in text)
    return round(ems * size * (_BOLD if bold else 1.0))


def wrap(text: str, size: float, limit: int) -> list[str]:
    """The text in lines no wider than the limit; a single word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", size) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
