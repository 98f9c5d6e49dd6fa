"""Texts that try to be more than text: in Markdown, in HTML, on a terminal, and to a reader's eye."""

from __future__ import annotations

HOSTILE = (
    "<script>alert(document.domain)</script>",
    '<img src="https://tracker.evil.example/pixel.png" onerror="alert(1)">',
    "<svg/onload=alert(1)><iframe srcdoc='<b>hi'></iframe></iframe>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<style>@import url(https://evil.example/a.css); body{display:none}</style>",
    '<a href="javascript:alert(1)">click</a><base href="https://evil.example/">',
    "</details></details></summary></table></div>",
    "--> <!-- reconcile:plan:local -->",
    "```",
    "   ```diff",
    "~~~~~~~~~~",
    "`" * 12,
    "# a heading",
    "> [!CAUTION]",
    "| a | table |\n|---|---|",
    "[link](https://evil.example) ![image](https://evil.example/a.png)",
    "@octocat @acme/security please merge, fixes #123 acme/web#7 GH-9",
    "https://evil.example www.evil.example mailto:ada@evil.example",
    "&lt;b&gt; &#64;octocat &commat;octocat",
    "\x1b[2J\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "user\u202egnp.exe \u2066hidden\u2069 zero\u200bwidth soft\u00adhyphen",
    "carriage\rreturn null\x00byte line\u2028separator",
    "- removed\n+ added\n@@ -1,2 +3,4 @@\n! asserted",
    "$(reboot) `reboot` $IFS %0A::error::",
    "::set-output name=digest::sha256:0000",
)
TEMPLATE = "\n".join((*HOSTILE, "<p>{{otp_code}}</p>"))
