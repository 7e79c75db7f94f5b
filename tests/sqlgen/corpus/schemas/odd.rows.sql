INSERT INTO `order` VALUES (1, 's', 1, 'c', 1, 1, 1, 'k', 1.5, 1, 1, 1, 'n'), (2, NULL, 0, '', NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL);
INSERT INTO MixedCase VALUES (1, 'x', 1), (2, NULL, 0);
INSERT INTO pair_a VALUES (1, 'one', 1, 1), (2, 'two', NULL, NULL), (3, '', 3, NULL);
INSERT INTO pair_b VALUES (1, 'one', 1, 1), (2, NULL, NULL, 0), (4, 'four', 4, 4);
INSERT INTO pair_c VALUES (1, 1, 1), (5, 5, NULL);
INSERT INTO copy_of_a VALUES (1, 'a', NULL, NULL);
INSERT INTO evolving VALUES (1, 1, 'a', NULL, NULL, 0), (2, 2, 'b', 5, '2026-01-01', 1);
INSERT INTO verify_corpus_other.audit VALUES (1, NULL, '2026-01-01 00:00:00') ON DUPLICATE KEY UPDATE message = NULL;
