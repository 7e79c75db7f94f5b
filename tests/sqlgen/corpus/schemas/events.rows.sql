INSERT INTO zoo VALUES
  (1, -5, 200, TRUE, -300, 70000, -9000000000, 18446744073709551615, 1.5, 42, 1.25, 2.5, 'abc', 'text', 'tt', 'tx', 'mt', 'lt', 'bnbn', 'vb', 'tb', 'bl', 'mb', 'lb',
   'a', 'x,z', '2026-01-31', '2026-01-31 12:34:56', '2026-01-31 12:34:56.789', '2026-01-31 00:00:00', '-12:30:00', '838:59:59.000000', 2026, b'1', b'10101010', b'1', '{"a": [1, 2, {"b": null}], "s": "x", "n": 5, "t": true}', '[1, "two", null]',
   ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POINT(3 4)'), ST_GeomFromText('LINESTRING(0 0,1 1)'), ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'), ST_GeomFromText('MULTIPOINT(0 0,1 1)'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')),
  (2, NULL, 0, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, '', NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL,
   NULL, '', NULL, '2000-01-01 00:00:00', NULL, NULL, NULL, '00:00:00', NULL, NULL, b'0', NULL, NULL, 'null',
   NULL, ST_GeomFromText('POINT(0 0)'), NULL, NULL, NULL, NULL),
  (3, 0, 1, FALSE, 0, 0, 0, 1, 0, 1, 0, -1.5, '', 'not a number', '', '', '', '', '', X'00', '', '', '', '',
   'c d', 'y', '1000-01-01', '9999-12-31 23:59:59', '1000-01-01 00:00:00', '2026-06-30 00:00:00', '00:00:00', '-00:00:01.5', 1901, b'0', b'1', b'0', '{}', '{}',
   NULL, ST_GeomFromText('POINT(-1 -1)'), NULL, NULL, NULL, NULL);
INSERT INTO events (id, kind, payload, meta, happened) VALUES
  (1, 'login', '{"user": "ann", "amount": "1.50", "tags": ["a", "b"]}', '{"ip": "::1"}', '2026-01-01 10:00:00.500'),
  (2, 'logout', '{}', NULL, '2026-01-02 00:00:00'),
  (3, '', '{"user": null, "tags": []}', 'null', '2026-01-02 23:59:59.999');
INSERT INTO vectors VALUES (1, STRING_TO_VECTOR('[1,2,3]'), STRING_TO_VECTOR('[1,0]')), (2, STRING_TO_VECTOR('[0,0,0]'), NULL);
INSERT INTO secrets (id, shown, hidden) VALUES (1, 1, 1), (2, 0, NULL);
