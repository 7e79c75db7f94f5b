"""The character sets and collations of MySQL 9."""

_EUROPEAN = """
    croatian_ci czech_ci danish_ci esperanto_ci estonian_ci general_ci german2_ci hungarian_ci icelandic_ci latvian_ci
    lithuanian_ci persian_ci polish_ci roman_ci romanian_ci sinhala_ci slovak_ci slovenian_ci spanish2_ci spanish_ci
    swedish_ci turkish_ci unicode_520_ci unicode_ci vietnamese_ci
"""
_BY_CHARSET = {
    "armscii8": "general_ci", "ascii": "general_ci", "big5": "chinese_ci",
    "cp1250": "croatian_ci czech_cs general_ci polish_ci",
    "cp1251": "bulgarian_ci general_ci general_cs ukrainian_ci", "cp1256": "general_ci",
    "cp1257": "general_ci lithuanian_ci", "cp850": "general_ci", "cp852": "general_ci", "cp866": "general_ci",
    "cp932": "japanese_ci", "dec8": "swedish_ci", "eucjpms": "japanese_ci", "euckr": "korean_ci",
    "gb18030": "chinese_ci unicode_520_ci", "gb2312": "chinese_ci", "gbk": "chinese_ci", "geostd8": "general_ci",
    "greek": "general_ci", "hebrew": "general_ci", "hp8": "english_ci", "keybcs2": "general_ci",
    "koi8r": "general_ci", "koi8u": "general_ci",
    "latin1": "danish_ci general_ci general_cs german1_ci german2_ci spanish_ci swedish_ci",
    "latin2": "croatian_ci czech_cs general_ci hungarian_ci", "latin5": "turkish_ci",
    "latin7": "estonian_cs general_ci general_cs", "macce": "general_ci", "macroman": "general_ci",
    "sjis": "japanese_ci", "swe7": "swedish_ci", "tis620": "thai_ci", "ujis": "japanese_ci", "utf16le": "general_ci",
    "ucs2": f"{_EUROPEAN} general_mysql500_ci", "utf16": _EUROPEAN, "utf32": _EUROPEAN,
    "utf8": f"{_EUROPEAN} general_mysql500_ci tolower_ci", "utf8mb3": f"{_EUROPEAN} general_mysql500_ci tolower_ci",
    "utf8mb4": f"{_EUROPEAN} 0900_ai_ci 0900_as_ci 0900_as_cs 0900_bin ja_0900_as_cs ja_0900_as_cs_ks zh_0900_as_cs",
}  # fmt: skip
_LANGUAGES = """
    bg bs cs da de_pb eo es es_trad et gl hr hu is la lt lv mn_cyrl nb nn pl ro ru sk sl sr_latn sv tr vi
"""

CHARSETS = frozenset((*_BY_CHARSET, "binary"))
COLLATIONS = frozenset(
    {
        "binary",
        *(f"{charset}_{name}" for charset, names in _BY_CHARSET.items() for name in (*names.split(), "bin")),
        *(f"utf8mb4_{name}_0900_{kind}" for name in _LANGUAGES.split() for kind in ("ai_ci", "as_cs")),
    }
)


def same_charset(one: str, other: str) -> bool:
    """True if two names mean one character set."""
    names = {"utf8": "utf8mb3"}
    return names.get(one, one) == names.get(other, other)
