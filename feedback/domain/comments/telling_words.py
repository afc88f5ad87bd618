"""How dates, roles and places are written in texts, in the languages of the service, as regular expressions.

A part of a text that matches may tell who somebody is. Whoever reads decides; nothing here changes a letter.
"""

import re

_ENGLISH_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_OTHER_MONTHS = (
    r"(?:janv(?:ier)?|févr(?:ier)?|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    r"|ionawr|chwefror|mawrth|ebrill|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr"
    r"|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
    r"|شباط|آذار|نيسان|أيار|حزيران|تموز|أيلول|تشرين|كانون)"
)
_DAY = r"\b\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2}))?\b(?![./-]?\d)"
DATES = (
    re.compile(rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|{_DAY}"),
    re.compile(rf"(?i)\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_ENGLISH_MONTHS}\b(?:\.?,?\s+\d{{4}})?"),
    re.compile(rf"(?i)\b{_ENGLISH_MONTHS}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"),
    re.compile(
        rf"(?i)\b\d{{1,2}}(?:er|º|eg|ain|fed)?\s+(?:de\s+|o\s+|من\s+)?{_OTHER_MONTHS}\b(?:\s+(?:de\s+)?\d{{4}})?"
    ),
)
"""A day, in figures or with the name of its month."""

_ENGLISH_ROLES = (
    r"(?:my|our|her|his|their|your|the)\s+(?:line\s+|direct\s+|old\s+|new\s+|former\s+)?(?:manager|boss|supervisor"
    r"|lead|team\s+lead|superior|assistant|secretary|report)s?"
    r"|(?:deputy\s+|vice[\s-]+)?head\s+of\s+(?:the\s+)?[^\W\d_]+"
    r"|(?:vice[\s-]+|deputy\s+|managing\s+|executive\s+|non-executive\s+|general\s+)?(?:director|president|chair(?:man"
    r"|woman|person)?|principal|dean|provost)s?"
    r"|(?:line|general|regional|office|plant|branch|store|project|programme|program|product|country|area)\s+manager"
    r"|team\s+lead(?:er)?|group\s+lead(?:er)?|chief\s+(?:of\s+staff|[^\W\d_]+\s+officer)|chief\s+executive"
    r"|c[efotims]o|[se]?vp|founder|co-founder|partner\s+at|board\s+member|secretary\s+general|ombudsman|works\s+council"
    r"|treasurer|professor|minister|ambassador"
)
_FRENCH_ROLES = (
    r"(?:mon|ma|notre|son|sa|leur|votre)\s+(?:ancien(?:ne)?\s+|nouve(?:au|lle)\s+)?(?:manager|chef(?:fe)?|patron(?:ne)?"
    r"|supérieure?|responsable|assistante?|adjointe?|secrétaire|n\+1)"
    r"|chef(?:fe)?\s+d(?:e\s+|u\s+|es\s+|['’])[^\W\d_]+|direct(?:eur|rice)s?(?:\s+générale?)?|présidente?|pdg|dg|drh|daf|dsi"
)
_SPANISH_ROLES = (
    r"(?:mi|nuestr[oa]|su|tu)\s+(?:antigu[oa]\s+|nuev[oa]\s+)?(?:jef[ea]|superiora?|responsable|encargad[oa]|asistente"
    r"|secretari[oa])|jef[ea]\s+de\s+[^\W\d_]+|supervisor[ae]?s?|gerentes?|director(?:a|es|as)?|president[ea]"
    r"|consejer[oa]\s+delegad[oa]"
)
_WELSH_ROLES = (
    r"rheolwr(?:aig)?|[cg]yfarwyddwr(?:aig)?|chyfarwyddwr|nghyfarwyddwr|[pb]ennaeth|[pm]hennaeth|(?:ch|[cg])adeirydd"
)
_ARABIC_ROLES = (
    r"[وبلف]?(?:ال|لل)?(?:مدير|مشرف)(?:ة|ي|ين|تي|نا|تنا|ه|ها|هم)?|[وبلف]?(?:ال|لل)?رئيس(?:ة|تي|نا|تنا|ه|ها|هم)?"
)
ROLES = (re.compile(rf"(?i)\b(?:{_ENGLISH_ROLES}|{_FRENCH_ROLES}|{_SPANISH_ROLES}|{_WELSH_ROLES}|{_ARABIC_ROLES})\b"),)
"""Somebody's place in the organisation."""

_ROOMS = (
    r"(?i:room|building|block|floor|desk|office|team|unit|department|division|ward|site|branch|lab|plant"
    r"|bureau|salle|bâtiment|étage|service|équipe|agence|usine|sala|edificio|planta|oficina|departamento|equipo|unidad"
    r"|ystafell|adeilad|llawr|swyddfa|adran|tîm)"
)
_ARABIC_ROOMS = r"(?:ال)?(?:غرفة|مبنى|طابق|مكتب|قسم|فريق|وحدة|فرع)"
_NO_PLACE = r"(?!(?:The|Our|My|This|That|Your|Their|His|Her|Its|A|An|In|Each|Every|One|No)\b)"
PLACES = (
    re.compile(rf"\b{_ROOMS}\s+(?:(?i:no\.?|n[°º]|d[eu]s?|rhif)\s*)?(?:\d+\w*|[A-Z][\w-]*)"),
    re.compile(rf"\b{_NO_PLACE}[A-Z][\w-]+\s+{_ROOMS}\b"),
    re.compile(rf"\b{_ARABIC_ROOMS}\s+(?:رقم\s*)?\d+"),
)
"""A room, a team or a site with its number or name."""
