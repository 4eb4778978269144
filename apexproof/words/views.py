"""Views in free text: what words say of the kind of picture.

The words are those that dental programs and clerks write into descriptions, comments and attachment types. CDT codes
stand as bare code strings; their views were read in public billing guides (teero.com, cleardentalbilling.com,
practicealpha.io). D0706 and D0380-D0384 are from recollection and not confirmed.
"""

from __future__ import annotations

import re

from apexproof.view import View, ViewStatement

_LONGEST = 20_000  # characters read

_VIEW_OF_CDT = {
    "D0210": View.FULL_MOUTH_SERIES,
    "D0220": View.PERIAPICAL,
    "D0230": View.PERIAPICAL,
    "D0240": View.OCCLUSAL,
    "D0270": View.BITEWING,
    "D0272": View.BITEWING,
    "D0273": View.BITEWING,
    "D0274": View.BITEWING,
    "D0277": View.BITEWING,
    "D0330": View.PANORAMIC,
    "D0340": View.CEPHALOMETRIC,
    "D0350": View.PHOTOGRAPH,
    "D0364": View.CBCT,
    "D0365": View.CBCT,
    "D0366": View.CBCT,
    "D0367": View.CBCT,
    "D0368": View.CBCT,
    "D0380": View.CBCT,
    "D0381": View.CBCT,
    "D0382": View.CBCT,
    "D0383": View.CBCT,
    "D0384": View.CBCT,
    "D0701": View.PANORAMIC,
    "D0702": View.CEPHALOMETRIC,
    "D0703": View.PHOTOGRAPH,
    "D0706": View.OCCLUSAL,
    "D0707": View.PERIAPICAL,
    "D0708": View.BITEWING,
    "D0709": View.FULL_MOUTH_SERIES,
}

# `periapical` and `occlusal` also describe findings and surfaces; only what follows tells.
_FINDING = (
    r"(?! ?(?:radiolucen|abscess|lesion|patholog|periodontitis|cyst|granuloma|infection|area|tissue|healing|region"
    r"|disease|bone|status|index|inflamm|rarefaction|scar|surgery|pain|diagnos|sensitiv|patent|periodontal))"
)
_SURFACE = (
    r"(?! ?(?:caries|decay|adjust|composite|amalgam|surface|trauma|contact|guard|splint|plane|table|wear|filling"
    r"|restoration|resin|interference|scheme|fissure|groove|pit|sealant|reduction|analysis|load|force|access))"
)
# `PA` is also posteroanterior, Pennsylvania, a physician assistant, a professional association and a prior
# authorization.
_NOT_PERIAPICAL_BEFORE = (
    r"(?<!chest )(?<!cxr )(?<!skull )(?<!hand )(?<!wrist )(?<!spine )(?<!thorax )(?<!abdomen )(?<!sinus )(?<!sinuses )"
    r"(?<!lateral and )(?<!dental of )(?<!cross of )(?<!shield of )(?<!state of )(?<!philadelphia )(?<!philadelphia, )"
    r"(?<!pittsburgh )(?<!pittsburgh, )(?<!harrisburg )(?<!harrisburg, )(?<!dds )(?<!dds, )(?<!dmd )(?<!dmd, )"
    r"(?<!associates )(?<!associates, )(?<!dental, )(?<!dentistry, )(?<!orthodontics, )(?<!endodontics, )"
    r"(?<!seen by )(?<!referred by )(?<!signed by )(?<!ap/)(?<!ap and )"
)
_NOT_PERIAPICAL_AFTER = (
    r"(?! ?(?:and |/|& ?|, ?)?(?:lat(?:eral)?|ap)\b(?! incisor))"
    r"(?! ?chest| ?skull| ?hand\b| ?wrist| ?thorax| ?spine| ?cxr| ?projection)(?! c\b)(?! ?[0-9]{3})(?! ?# ?[0-9]{3})"
    r"(?! (?:number|approv|required|request|pending|denied|dept|department|license|medicaid))"
)
# In order: an earlier pattern takes words from a later one (`PA ceph` is no periapical, `occlusal photo` no film).
_PATTERNS = (
    (View.CEPHALOMETRIC, r"(?:(?:pa|ap|lat|lateral|frontal) )?(?:cephs?|cephalogra\w*|cephalometr\w*|cephalo)"),
    (
        View.PHOTOGRAPH,
        r"(?:(?:occlusal|buccal|lingual) )?(?:photos?|photograph\w*)|(?:io|intra ?oral) (?:camera|pic)\w*",
    ),
    (View.CBCT, r"cbcts?|cb ct|cone ?beam(?: ct)?"),
    (
        View.FULL_MOUTH_SERIES,
        (
            r"fmxr?|fms|fmr|cmx|full mouth (?:series|x ?rays?|radiographs?|survey|films?|images?|set)"
            r"|complete (?:mouth )?(?:intra ?oral )?series"
        ),
    ),
    (
        View.PANORAMIC,
        r"panos?|panoramic|panorex|panorax|panoral|panx|pan(?= (?:x ?ray|film|radiograph|image))|opgs?|orthopan\w*",
    ),
    (View.BITEWING, r"(?:[1-9] ?)?[hv]?bws?(?! ?[0-9.]+ ?kg)|(?:[1-9] ?)?[hv]?bw ?x(?:r|rays?)?|bite ?wings?"),
    (View.OCCLUSAL, rf"occlusals?\b{_SURFACE}"),
    (
        View.PERIAPICAL,
        (
            rf"peri ?apicals?\b{_FINDING}|iopar?s?"
            rf"|{_NOT_PERIAPICAL_BEFORE}(?:[1-9][0-9]? ?)?pa(?:s|x|xs|xr)?(?:[0-9]{{1,2}})?\b{_NOT_PERIAPICAL_AFTER}"
        ),
    ),
)
_NAMED = re.compile(
    r"(?<![\w.])(?:(?P<cdt>d0[2-7][0-9]{2})|"
    + "|".join(f"(?P<{view.name}>{pattern})" for view, pattern in _PATTERNS)
    + r")(?!\w)"
)
_CLAUSE = re.compile(r"[.;:,!?\n]\s|\b(?:but|however|although|though|only|use)\b")
# NegEx (Chapman et al. 2001, J Biomed Inform 34:301): a negation governs the next few words of its clause. A picture
# that is asked for or replaced is not the picture at hand.
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:no|not|non|without|never|missing|lacks?|lacking|need|needs|needed|request|requested|requesting|awaiting"
    r"|instead of|rather than|in lieu of|unable to take)|n't)"
    r"(?: (?!(?:diagnostic|ideal|good|great|clear|on|in|per|by|from|via|seen|visible|noted)\b)[\w#/&-]+){0,3} ?$"
)
_DENIED_AFTER = re.compile(
    r" ?(?:(?:[\w#]+ ){0,3}(?:not|never) (?:been )?(?:taken|available|attached|obtained|exposed|included|needed"
    r"|possible|present|enclosed|sent)|(?:is |was )?(?:missing|needed|requested|unavailable|to follow))\b"
)


def find_views(text: str) -> ViewStatement | None:
    """The views that a text names, several when it names several; None when it names none.

    Words that are negated or asked for (`no periapical`, `PA not taken`, `need PA`) do not count. At most the first
    20,000 characters are read.
    """
    plain = _plain(text)
    views = {
        view for match in _NAMED.finditer(plain) if (view := _view(match)) is not None and not _denied(plain, match)
    }
    return ViewStatement(possible=frozenset(views)) if views else None


def view_of_image_type(words: str) -> View | None:
    """The view that a sender declares (`PA`, `BWX`, `D0220`, `full_mouth_series`); None when it is not one view."""
    try:
        return View("_".join(words.lower().replace("-", " ").split()))
    except ValueError:
        statement = find_views(words)
        return next(iter(statement.possible)) if statement and len(statement.possible) == 1 else None


def _plain(text: str) -> str:
    """Lower case, and one space where people write hyphens, underscores or several."""
    text = text[:_LONGEST].lower()
    text = re.sub(r"\bp\.a\.(?!\w)", "pa", text)
    return re.sub(r"[ \t\r\f\v_\u00a0-]+", " ", text)


def _view(match: re.Match[str]) -> View | None:
    if match["cdt"]:
        return _VIEW_OF_CDT.get(match["cdt"].upper())
    return View[match.lastgroup or ""]


def _denied(plain: str, match: re.Match[str]) -> bool:
    before = plain[max(0, match.start() - 60) : match.start()]
    clause = _CLAUSE.split(before)[-1]
    after = _CLAUSE.split(plain[match.end() : match.end() + 60] + " ")[0]
    return bool(_DENIED_BEFORE.search(clause) or _DENIED_AFTER.match(after))
