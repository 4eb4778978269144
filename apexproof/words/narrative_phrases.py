"""What clerks write about an apexification, misspellings included, as patterns by what they do.

The phrases are our own collection; no payer's list stands behind them.
"""

from __future__ import annotations

from enum import Enum


class Sign(Enum):
    """What a phrase does: it speaks to a question, or it changes what stands around it."""

    OPEN = "open_apex"
    CLOSED = "the root end is closed"
    CLOSURE = "closure is spoken of: the aim of the treatment, a statement only when it is denied"
    CAUSE = "cause"
    ACCESS = "canal_access"
    MEDICAMENT = "medicament"
    PLAN = "plan"
    LATER = "later_stage"
    BREAK = "the clause ends"
    NEGATES = "governs the next words: no, without, denies"
    NEGATES_NEXT = "governs its own verb only: not, never"
    NEGATED = "denies what stands before it: absent, ruled out"
    HEDGES = "possible, suspected"
    HEDGED = "doubts what stands before it: unclear"
    AHEAD = "an aim or a later time: until, to induce, will be"
    NOTHING = "looks like a negation and is none"


_ROOT_END = (
    r"(?:apex|apices|apexes|apecies|apicies|apx|root[- ]ends?|root[- ]tips?|root apex|root apices"
    r"|apical foram(?:en|ina)|foramen|root formation|root development|roots?|apical (?:end|closure|development"
    r"|formation))\b"
)
_TOOTH = r"(?:tooth|teeth|incisors?|canines?|cuspids?|premolars?|bicuspids?|molars?|#\s?[0-9]{1,2})"
_KIND = (
    r"(?:(?:and|or|&|with|very|the|a|an|wide|open|immature|incomplete|apical|root|canals?|permanent|young|developing"
    r"|necrotic|non-?vital|vital|divergent|blunderbuss|thin|dentinal|walls|maxillary|mandibular|upper|lower|right|left"
    r"|central|lateral|first|second|formation|development|[/,-])[\s-]*){0,5}"
)
_LINK = (
    r"(?:[\s:=>~-]|(?:is|are|was|were|be|been|still|noted|to be|appears?|appeared|remains?|remained|seems?|looks?"
    r"|as|being"
    r"|fully|completely|totally|entirely|wide|very|has|have|had|not|never|isn't|isnt|aren't|wasn't|weren't|hasn't"
    r"|haven't|yet|both|all|now|clearly|found|only|presents?|of|on|for|at|the|this|that|which|tooth|teeth|quite"
    r"|radiographically|#\s?[0-9a-t]{1,2}|[0-9]{1,2}\s?(?:mm)?)(?![\w'])){1,14}"
)
_OPEN_STATE = (
    r"(?:open|immature|unformed|undeveloped|under-?developed|unclosed|non-?closed|blunderbuss|divergent|flared"
    r"|incomplete(?:ly)?(?:\s(?:closed|formed|developed|formation|development|closure))?|developing|forming"
    r"|partially\s(?:closed|formed|developed)|wide)\b"
)
_CLOSED_STATE = r"(?:closed|mature|matured|formed|developed)\b(?!\s(?:with|by|using|today))"
_GROWTH = r"(?:root|apical|apex|root[- ]end) (?:formation|development|closure|maturation)"

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.OPEN: (
        rf"{_ROOT_END}{_LINK}{_OPEN_STATE}|{_TOOTH}{_LINK}immature\b",
        rf"(?:wide[- ])?open[\s,/-]+{_KIND}{_ROOT_END}(?!\s(?:canals?|locator))|(?:large|wide) apical opening",
        rf"immature[\s,/-]+{_KIND}(?:{_ROOT_END}|{_TOOTH})",
        (
            rf"(?:wide|flared|divergent|unformed|undeveloped|underdeveloped|unclosed"
            rf"|non-?closed)[\s,/-]+{_KIND}{_ROOT_END}"
            r"(?!\scanals?)"
        ),
        rf"(?:incomplete|incompletely|partially)\s(?:formed |developed |closed )?{_KIND}{_ROOT_END}(?!\scanals?)",
        r"blunderbuss\w*",
    ),
    Sign.CLOSED: (
        rf"{_ROOT_END}{_LINK}{_CLOSED_STATE}|{_GROWTH}{_LINK}completed?\b",
        (
            rf"(?:closed(?! (?:the|off))|mature|matured|complete|completed|(?:fully|completely)[- ](?:formed"
            rf"|closed|developed|mature))\s"
            rf"{_KIND}{_ROOT_END}(?!\s(?:canals?|locator))"
        ),
        rf"mature\s{_KIND}{_TOOTH}|{_TOOTH}{_LINK}mature\b",
        r"apical closure(?:\s(?:is|was|has|been|not))*\s(?:complete|achieved|present|noted|seen|evident|occurred)\w*",
        rf"{_ROOT_END}\s(?:did not|didn't|failed to)\s(?:fully\s|completely\s)?(?:close|form|develop|mature)\b",
    ),
    Sign.CLOSURE: (r"(?:apical|root|root[- ]end) closure|clos(?:ure|ing) of (?:the )?(?:root )?(?:apex|apices|root)",),
    Sign.CAUSE: (
        r"(?:non-?)?(?:trauma\w*|trama\w*|truama\w*|tramua\w*|carious|caries)",
        r"avuls\w+|luxat\w+|(?:sub|in|ex)luxat\w*|sublux\w+|intru(?:ded|sion|sive)\w*|extru(?:ded|sion|sive)\w*",
        (
            r"fractur\w+|fx\b(?!\s?(?:file|instrument))|broke\b|broken\b(?!\s(?:file|appoint\w*|instrument))"
            r"|chipped|concussion"
        ),
        (
            r"fell\b|fall(?:ing|en)?\s(?:from|off|on|down|at|while)|accident\w*|injur\w+|hit\s(?:by|in|with|on"
            r"|his|her|their|the)"
            r"|knocked|collision"
        ),
        (
            r"decay\w*|abscess\w*|necro\w+|non-?vital|pulpitis|apical periodontitis|sinus tract|fistula|resorption"
            r"|infect\w+"
        ),
        r"pulp(?:al)?\s(?:was\s)?expos\w+|exposed pulp|exposure of (?:the )?pulp",
        r"dens[- ](?:evaginatus|invaginatus|in[- ]dente)|devitali[sz]ed|dead (?:nerve|pulp)",
    ),
    Sign.ACCESS: (
        r"access(?:ed|ing)?\b(?!\sto\b)(?:\s(?:opening|cavity|prep\w*|made|gained|opened))?",
        (
            r"(?:opened|entered|opening of)\s(?:up\s)?(?:the\s)?(?:into\s)?(?:the\s)?(?:pulp|canals?|tooth"
            r"|chamber)(?:\schamber)?"
        ),
        (
            r"(?:pulp chamber|pulp|chamber|canals?|tooth)\s(?:(?:was|were|is|has|been|not|never)\s){0,3}(?:opened"
            r"|entered|unroofed)"
        ),
        r"debrid\w+|irrigat\w+|extirpat\w+|pulpectom\w+|working length|wl\b|naocl|sodium hypochlorite|biomechanical\w*",
        r"instrument(?:ed|ation|ing)|clean(?:ed|ing|sed)? (?:and|&) shap\w+",
        (
            r"canals?\s(?:(?:was|were|is|are|has|been|not|never|system)\s){0,3}(?:cleaned|cleansed|located"
            r"|negotiated|dried"
            r"|prepared|shaped|disinfected|filed|found|identified)"
        ),
        r"(?:cleaned|cleansed|disinfected|located|negotiated) (?:the )?(?:root )?canals?",
    ),
    Sign.MEDICAMENT: (
        r"ca\s?\(?oh\)?\s?[2₂]?(?!\w)|calcium[- ]hydrox\w+|calcium oh\b",
        r"vitapex|ultracal|metapex|calcipex|calasept|pulpdent|tempcanal|ledermix|metapaste|iodoform\w*",
        r"mta\b|mineral[- ]trioxide\w*|biodentine|bio-?ceramic\w*|endosequence|brrm|neomta\w*|proroot",
        r"apical (?:plug|barrier|stop)\b",
        r"tap\b(?!\s?(?:water|test))|triple[- ]anti-?biotic\w*|double anti-?biotic\w*",
        (
            r"(?:intracanal |intra-canal |canal )?(?:medicaments?|medicat(?:ed|ions?))\b(?!\s(?:list|history|allerg"
            r"|reviewed))"
        ),
    ),
    Sign.PLAN: (
        (
            r"return\b|rtc\b|rto\b|recalls?\b|recare|re-?eval\w*|follow[- ]?ups?\b|f/u\b|fu\b|n/?v\b|re-?appoint\w*"
            r"|monitor\w*"
        ),
        r"next (?:visit|appointment|appt|step|stage)|subsequent visits?|future visits?|multiple visits|several visits",
        (
            r"will (?:be )?(?:\w+ ){0,2}(?:replac|chang|complet|continu|monitor|return|obturat|need|requir"
            r"|re-?eval|check|follow"
            r"|seen|schedul|place|re-?treat|finish)\w*"
        ),
        r"to be (?:\w+ )?(?:completed|continued|replaced|changed|followed|finished|obturated|scheduled)",
        r"every (?:[0-9]+(?:\s?(?:-|to)\s?[0-9]+)?|one|two|three|four|six) (?:weeks?|wks?|months?|mos?)\b",
        r"in (?:[0-9]+(?:\s?(?:-|to)\s?[0-9]+)?|one|two|three|four|six) (?:weeks?|wks?|months?|mos?|days?)\b",
        r"d335[23]|interim\b|series of|(?<!insurance )(?<!dental )plan(?:ned|s)?\b(?! to bill)|schedul\w+|tx plan",
    ),
    Sign.LATER: (
        (
            r"(?:second|2nd|third|3rd|fourth|4th|fifth|5th|final|interim|completion)\s(?:apex\w+\s)?"
            r"(?:(?:visit|appointment|appt|session)\b|(?:stage|phase|step)\sof\s(?:the\s)?apex\w+)"
        ),
        r"(?:visit|appointment|appt|session)\s?#?\s?(?:2|3|4|two|three|four)\b(?![/.-][0-9])",
        (
            r"(?:medicament|medication|medicine|dressing|calcium[- ]hydroxide|ca\s?\(?oh\)?\s?2?|ultracal"
            r"|vitapex|metapex)\s"
            r"(?:(?:was|were|is|has|have|been|dressing|paste|not)\s){0,4}(?:changed|replaced|removed|refreshed"
            r"|renewed|change)\b"
        ),
        (
            r"(?:changed|replaced|refreshed|renewed|removed)\s(?:the\s)?(?:old\s|existing\s|previous\s|prior\s"
            r"|intracanal\s"
            r"|interim\s){0,2}(?:medicament|medication|dressing|calcium[- ]hydroxide|ca\s?\(?oh\)?2?|ultracal|vitapex)"
        ),
        (
            r"(?<!visit of )(?<!visit for )(?<!initial )(?<!first )apex[ia]?fi?[ck]ation\s(?:(?:treatment"
            r"|procedure|therapy|is|was|has|been|now|successfully|not|yet)\s){0,5}"
            r"(?:completed?|finished|finalized)\b"
        ),
        (
            r"(?:completed|finished|continued|continuing|continuation of"
            r"|completion of)\s(?:the\s)?apex[ia]?fi?[ck]ation\b"
            r"(?!\s?[-:(,]?\s?(?:initial|first|1st|visit 1|step 1|phase 1|stage 1|d3351))"
        ),
        r"obturat(?:ed|ion)\b|gutta[- ]percha (?:was )?(?:placed|fill\w*)|filled with gutta[- ]percha",
        (
            r"(?:apical|calcific|calcified|hard tissue)\s(?:barrier|bridge|stop)\s(?:(?:is|was|has|been|not"
            r"|now)\s){0,3}"
            r"(?:formed|achieved|confirmed|noted|present|detected|felt)"
        ),
        (
            r"apex[ia]?fi?[ck]ation\s(?:was\s)?(?:previously|already)\s(?:started|initiated|begun)"
            r"|(?:previously|already) (?:started|initiated|begun) apex\w+"
        ),
    ),
    Sign.BREAK: (r"but\b|however\b|although\b|though\b|except\b|nevertheless\b|whereas\b|aside from|apart from",),
    Sign.NEGATES: (
        (
            r"no\b(?!\.?\s?[0-9#])|without\b|w/o\b|denie[sd]\b|denying|negative for|absence of|lack of|lack(?:s"
            r"|ing)\b|free of"
            r"|ruled out|nor\b|neither\b|none of|unable to|failed to|not (?:an? )?(?:candidate|case) (?:for|of)"
        ),
    ),
    Sign.NEGATES_NEXT: (
        r"not\b|never\b|(?:is|was|are|were|does|do|did|has|have|had|ca|could|should|would|wo)n'?t\b|cannot\b",
    ),
    Sign.NEGATED: (
        r"not\s(?:been\s)?(?:seen|noted|present|evident|visible|observed|found|identified|detected|appreciated)\b",
        r"not\s(?:been\s)?(?:placed|used|performed|done|made|given|completed|needed|required|planned|scheduled)\b",
        r"not\s(?:been\s)?(?:indicated|reported|applied|initiated|gained|attempted|possible|recorded|demonstrated)\b",
        (
            r"never\s(?:been\s)?(?:seen|noted|present|found|placed|used|performed|done|made|completed|reported"
            r"|initiated)\b"
        ),
        r"(?:isn|wasn|aren|weren)'?t\s(?:seen|noted|present|evident|visible|observed|found|placed|used|done|needed)\b",
        r"(?:ruled out|absent|denied|excluded)\b(?=\s*(?:$|[.,;)\n]|by\b|on\b|at\b|per\b))|free\b(?!\sof)",
    ),
    Sign.HEDGES: (
        (
            r"possib\w+|maybe\b|perhaps|may\b(?!\s[0-9])|might\b|could\b|suspect\w*|r/o\b|rule[- ]out\b"
            r"|questionabl\w+|\?\s?(?=\w)"
            r"|presum\w+|probabl[ey]\b(?!\s(?:due|from|caused|because|second))|likely\b(?!\s(?:due|from|caused"
            r"|because|second))"
            r"|can(?:not|'t) rule out|cannot exclude|unclear (?:if|whether)|uncertain (?:if|whether)|whether\b"
            r"|not sure|unsure"
        ),
    ),
    Sign.HEDGED: (r"\?|unclear\b|uncertain\b|questionable\b|unknown\b|suspected\b|possible\b|not certain\b",),
    Sign.AHEAD: (
        (
            r"until\b|till\b|unless\b|once\b|when\b|if\b|await\w*|aim\w*|attempt\w*|goal\b|expect\w*|hop\w+"
            r"|in order to|so that"
        ),
        (
            r"to (?:achieve|obtain|induce|promote|stimulate|allow|form|create|encourage|get|attain|gain|facilitate"
            r"|help|await)\b"
        ),
        (
            r"will\b|to be\b|next\b(?!\sto)|plan\w*|schedul\w+|return\b|rtc\b|needs?\b|requires?\b|prior to"
            r"|before\b|future\b"
        ),
        r"in (?:[0-9]+(?:\s?(?:-|to)\s?[0-9]+)?|one|two|three|four|six) (?:weeks?|wks?|months?|mos?|days?)\b",
        r"(?:promot|induc|stimulat|encourag|allow)(?:e|es|ing)\b",
    ),
    Sign.NOTHING: (
        r"no (?:change|increase|doubt|complications?|problems?|issues?|question|difficult\w*)\b",
        r"not only|not limited to|no\.? ?[0-9#]|without (?:incident|complications?|difficult\w*|problems?|issues?)",
    ),
}
