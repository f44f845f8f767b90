-- Texts that two lexers read differently. Behind `-- bytes`, \xHH is that byte.
-- name a backslash before the quote
SELECT '\' UNION SELECT secret FROM public.orders --'
-- name a backslash before the quote, in a filter
SELECT id FROM Orders WHERE status = '\' OR 1=1 UNION SELECT secret FROM public.orders --' ORDER BY id
-- name a Unicode escape in a plain text
SELECT '\u0027 UNION SELECT secret FROM public.orders --'
-- name a Unicode escape in an E text
SELECT E'\u0027 UNION SELECT secret FROM public.orders --'
-- name escapes of E texts
-- each s: E'\'' | E'\\' | E'\\\'' | E'\x27 || (SELECT 1)' | E'\047' | E'\u0027' | E'\U00000027' | E'a\' UNION SELECT secret FROM public.orders --' | E'\0' | E'\x00' | E'\u0000' | E'\xff' | E'\ud83d\ude00' | E'\ud83d' | E'\U00110000' | e'\b\f\n\r\t' | E'\q' | E'\' | E'a''b\'c'
SELECT {s}
-- name minus signs
SELECT - - 1, '
 NULL UNION SELECT secret FROM public.orders --'
-- name minus signs of negative numbers
SELECT -(-1), - -1, 1 - -1, -(-(-1)), -1 -1, 2--1
-- name a comment in the middle
SELECT 1 -- x
 + 1
-- name a comment that ends with CR
-- bytes
SELECT '1' -- x\x0dUNION SELECT secret FROM public.orders
-- name a comment that ends with FF or VT
-- bytes
SELECT '1' -- x\x0cUNION SELECT secret FROM public.orders\x0bUNION SELECT 'y'
-- name comments in comments
SELECT id /* /* */ , secret FROM public.orders /* */ */ FROM Orders ORDER BY id LIMIT 1
-- name a comment that does not end
SELECT 1 /* /* */
-- name a comment that ends twice
SELECT 1 /* */ */ FROM Orders
-- name a comment in a text
SELECT '/*', id, '*/' FROM Orders ORDER BY id LIMIT 1
-- name a text in a comment
SELECT /* ' */ id /* ' */ FROM Orders ORDER BY id LIMIT 1
-- name a comment in an operator
-- each o: +/* */ | </**/ | -/**/- | /**/= | *--x
SELECT 1 {o} 2
-- name a comment marker in a dollar text
SELECT $$ -- /* ' " $$, id FROM Orders ORDER BY id LIMIT 1
-- name dollar tags differ by case
SELECT $a$ $A$ UNION SELECT secret FROM public.orders $a$
-- name dollar signs after a name
SELECT 1 AS a$$ UNION SELECT 2 AS b$$
-- name dollar tags
-- each s: $$'$$ | $x$$$x$ | $ä$x$ä$ | $1$ | $a$ $b$ $a$ | $a$ | $_1$x$_1$ | $a b$x$a b$ | $$\'$$ | $$$$ | $a$$b$$a$
SELECT {s}
-- name texts that go on in the next line
SELECT 'a'
'b'
-- name texts that go on after a comment
SELECT 'a' -- ' UNION SELECT secret FROM public.orders
'b'
-- name E texts that go on
SELECT E'a'
'\''
-- name texts that do not go on
SELECT 'a' 'b'
-- name U& texts
-- each s: U&'\0027' | U&'\0027 UNION SELECT secret FROM public.orders --' | U&'!0027' UESCAPE '!' | U&'\+000027' | U&'\D83D\DE00' | U&'\D83D' | U&'\00' | U&'x' UESCAPE '''' | U&'d\0061t\+000061' | u&'\\' | U&'\0000' | U&'x' UESCAPE 'ab'
SELECT {s}
-- name quoted names
-- each n: "a""b" | "a\" | "a\\""" | "" | U&"\0022" | U&"a\0022 FROM public.orders --" | "--" | "/*" | "$1" | "'" | "a.b" | "SELECT" | "ä" | "a	b" | "(SELECT secret FROM public.orders)" | "😀"
SELECT 1 AS {n}
-- name keywords as names
-- each n: value | "user" | left | "all" | table | name | position | values | end | authorization | window | natural | "order" | lateral | select | materialized
SELECT 1 AS {n}
-- name characters beyond ASCII
-- each s: 1 AS a b | 1 AS a​b | 1﻿ | ﻿1 | 1　AS x | 1 AS ſ | 1 ＋ 1 | ＇a＇ | “a” | ʼaʼ | 1 AS "İ" | 'é' = 'é' | ‐1 | 1 AS К | 'x‮y' | 1；SELECT 2
SELECT {s}
-- name a cube behind odd spaces
-- each t:  Orders | ​Orders | Orders  | ﻿Orders | "﻿Orders"
SELECT count(*) FROM{t}
-- name control characters
-- bytes
-- each s: \x0b1 | \x0c1 | 1\x01 | \x1f1 | 1\x7f | '\x01' = '\x01' | 1\x1a | \x851 | \x0d1 | '\x08'
SELECT {s}
-- name a NUL
-- bytes
-- each s: 1\x00 | 1\x00; SELECT secret FROM public.orders | '\x00' | "a\x00b" | 1 --\x00 | \x00
SELECT {s}
-- name bytes that are no UTF-8
-- bytes
-- each s: '\xff' | '\xc0\xa7' | '\xe0\x80\xa7' | '\xed\xa0\x80' | '\xf4\x90\x80\x80' | '\xc3' | '\x80' | 1 AS "\xff" | '\xe2\x82' || 'x' | '\xf8\x88\x80\x80\x80' | '\xc3\x28' | \xff1
SELECT {s}
-- name multi-byte characters of other encodings that end in a backslash
-- bytes
-- each s: '\x95\x5c' | E'\x95\x5c', secret FROM public.orders --' | E'\x81\x5c' | E'\xa5\x5c' | '\x95\x5c' UNION SELECT secret FROM public.orders --'
SELECT {s}
-- name text after the setting was asked
SET standard_conforming_strings = off; SELECT 'a\', '|| (SELECT max(secret) FROM public.orders) || '
-- name numbers
-- each s: 0x1F | 0o17 | 0b11 | 1_000 | 1e | 1e+ | 1.e1 | .5 | 1. | 1..2 | 0x | 1_ | 1__0 | 1a | 123abc | 1e999999 | 00012 | 0x1_F | 9223372036854775808 | 1e-400 | $1 | $0 | $65536 | $99999999999 | 1$
SELECT {s}
-- name semicolons
-- each s: SELECT 1; | ;SELECT 1 | ;;; | SELECT 1;; | SELECT ';' | SELECT 1 /* ; */ | SELECT 1 -- ; SELECT 2 | SELECT "a;b" FROM (SELECT 1 AS "a;b") x | SELECT $$;$$ | ; | SELECT 1;-- x
{s}
-- name nothing
-- each s:  | -- x | /* x */ | ()
{s}
-- name psql and other dialects
-- each s: \d | \copy x | SELECT 1 \g | SELECT `a` | SELECT [a] | SELECT a := 1 | SELECT :x | SELECT :'x' | SELECT @x | SELECT #1 | SELECT {{1}} | SELECT ?1 | SELECT {d '2025-01-01'} | SELECT TOP 1 * FROM Orders | SELECT * FROM Orders LIMIT 1, 2 | GO
{s}
-- name long names are cut at 63 bytes
SELECT count(*) AS "ääääääääääääääääääääääääääääääääääää" FROM Orders
-- name a long name that becomes another
SELECT x.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbb FROM (SELECT secret AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaccc FROM Orders ORDER BY id LIMIT 1) x
