"""Numbers and their units, compared by value: `1,000 words` is `1000 words`, but not `1,000 pages`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parley_enhancer.domain.lexicon import Lexicon

_UNITS = {
    "percent": "% percent prozent procent pourcent porcento cento ciento",
    "euro": "€ eur euro euros",
    "dollar": "$ usd dollar dollars dólares dollari dólar",
    "pound": "£ gbp pound pounds",
    "yen": "¥ jpy yen",
    "franc": "chf franken",
    "kilometre": "km kilometer kilometers kilometre kilometres kilomètres kilómetros chilometri quilômetros",
    "mile": "mi mile miles meilen",
    "metre": "m meter meters metre metres mètres metros metri",
    "centimetre": "cm centimeter centimeters",
    "millimetre": "mm",
    "kilogram": "kg kilo kilos kilogram kilograms",
    "gram": "g gram grams gramm grammes gramos grammi gramas",
    "litre": "l liter liters litre litres litros litri",
    "millilitre": "ml",
    "hour": "h hr hrs hour hours stunde stunden heure heures hora horas ora ore",
    "minute": "min mins minute minutes minuten minuto minutos minuti",
    "second": "s sec secs second seconds sekunde sekunden seconde secondes segundo segundos secondi",
    "millisecond": "ms millisecond milliseconds",
    "day": "day days tag tage tagen jour jours día días giorno giorni dia dias",
    "week": "week weeks woche wochen semaine semaines semana semanas settimana settimane",
    "month": "month months monat monate monaten mois mes meses mese mesi mês",
    "year": "year years jahr jahre jahren an ans année années año años anno anni ano anos",
    "word": "word words wort wörter wörtern worte worten mot mots palabra palabras parola parole palavra palavras",
    "page": "page pages seite seiten página páginas pagina pagine",
    "sentence": "sentence sentences satz sätze sätzen phrase phrases frase frases oración oraciones frasi",
    "line": "line lines zeile zeilen ligne lignes línea líneas riga righe linha linhas",
    "character": "character characters zeichen caractère caractères caracteres caratteri",
    "byte": "b byte bytes",
    "kilobyte": "kb",
    "megabyte": "mb",
    "gigabyte": "gb",
    "celsius": "°c",
    "fahrenheit": "°f",
    "thousand": "k",
    "million": "million millions millionen mio millones milioni milhões",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_SYMBOLS = "€$£¥"
_NUMBER = re.compile(
    r"(?P<before>[€$£¥])?\s?(?<![\w.,])(?P<digits>\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:(?P<gap>[ \u00a0\u202f-]?)(?P<after>%|°[CF]|[€$£¥]|[^\W\d_]+))?"
)
_ENUMERATION = re.compile(r"^[ \t]*\d{1,2}[.)](?=\s)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Number:
    """`values` are what the digits may mean: `1.000` is a thousand to some and one to others."""

    text: str
    values: frozenset[str]
    unit: str | None

    def same(self, other: Number) -> bool:
        return bool(self.values & other.values) and (self.unit is None or self.unit == other.unit)


def numbers(text: str, lexicon: Lexicon | None) -> list[Number]:
    """Every number written in digits, and the small ones written in words."""
    found = []
    text = _ENUMERATION.sub(lambda match: " " * len(match.group()), text)
    for match in _NUMBER.finditer(text):
        after = (match["after"] or "").casefold()
        unit = _UNIT.get(match["before"] or "") or _UNIT.get(after)
        if match["after"] and not match["gap"] and unit is None and after.isalpha():
            continue  # "2nd", "3D", "4x4": such tokens are compared as names
        shown = match.group().strip() if unit else match["digits"]
        found.append(Number(shown, _values(match["digits"]), unit))
    return found + ([] if lexicon is None else _spelled(text, lexicon))


def _spelled(text: str, lexicon: Lexicon) -> list[Number]:
    words = list(_WORD.finditer(text))
    following = [word.group().casefold() for word in words[1:]] + [""]
    return [
        Number(word.group(), frozenset({str(value)}), _UNIT.get(after))
        for word, after in zip(words, following, strict=True)
        if (value := lexicon.numbers.get(word.group().casefold()))
    ]


def _values(digits: str) -> frozenset[str]:
    plain = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    if plain.isdigit():
        return frozenset({_normal(plain)})
    if re.fullmatch(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+", plain):
        return frozenset({re.sub(r"[.,]", "", plain)})
    if match := re.fullmatch(r"(\d{1,3}(?:,\d{3})+)\.(\d+)|(\d{1,3}(?:\.\d{3})+),(\d+)", plain):
        whole, part = (match[1], match[2]) if match[1] else (match[3], match[4])
        return frozenset({_normal(re.sub(r"[.,]", "", whole) + "." + part)})
    if match := re.fullmatch(r"(\d+)[.,](\d+)", plain):
        values = {_normal(f"{match[1]}.{match[2]}")}
        if len(match[2]) == 3 and len(match[1]) <= 3 and match[1] != "0":
            values.add(_normal(match[1] + match[2]))
        return frozenset(values)
    return frozenset({plain})


def _normal(number: str) -> str:
    whole, _, part = number.partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")
