-- schema: odd

-- name: keyword_columns :many
-- => id int, select string null, from int, class string, def int null, None int null, group int null
-- => key string
-- rows: many
SELECT `id`, `select`, `from`, `class`, `def`, `None`, `group`, `key` FROM `order`;

-- name: strange_columns :many
-- => 100% decimal null, `with space` int null, conn int null, `back``tick` int null, Naïve string null
-- rows: many
SELECT `100%`, `with space`, `conn`, `back``tick`, `Naïve` FROM `order`;

-- name: keywords_as_aliases :many
-- => class int, import int null, global int, return int
-- rows: many
SELECT o.id AS `class`, o.`group` AS `import`, o.`from` AS `global`, 1 AS `return` FROM `order` AS o;

-- name: same_column_name_twice :many
-- => id int, id int, shared int null
-- rows: many
SELECT a.id, b.id, a.shared FROM pair_a a JOIN pair_b b ON b.id = a.id;

-- name: case_insensitive_columns :many
-- => ID int, camelcase string null, upper_case int
-- rows: many
SELECT ID, camelcase, upper_case FROM MixedCase;

-- name: case_insensitive_aliases :many
-- => iD int, CAMELCASE string null
-- rows: many
SELECT M.iD, M.CAMELCASE FROM MixedCase AS M;

-- name: keyword_params :many
-- => id int
-- params: from int, class string, None int
-- rows: many
SELECT id FROM `order` WHERE `from` = :from AND `class` = :class AND id > :None;

-- name: param_named_conn :many
-- => id int
-- params: conn int, sql string
-- rows: zero_or_one
SELECT id FROM `order` WHERE id = :conn AND `key` = :sql;

-- name: weird_spacing :many
-- => id int, select string null
-- rows: many
select	`order`.`id`
  ,   `order`   .   `select`
from
	`order`
where`order`.id>0
;

-- name: lower_case_keywords_and_no_spaces :many
-- => id int, n int
-- rows: many
select a.id,count(*)as n from pair_a as a where a.id in(1,2)and a.name<>''group by a.id having n>0 order by n desc limit 3;

-- name: comments_everywhere :many
-- => id int, shared int null
-- params: ? int
-- rows: zero_or_one
SELECT /* one */ id, -- two
  # three
  shared /* four
  lines */ FROM pair_a -- five;
WHERE id = ?;

-- name: semicolon_in_string :many
-- => id int, s string, t string
-- rows: many
SELECT id, ';' AS s, 'a;b' AS t FROM pair_a;

-- name: escapes_in_strings :many
-- => it's string, `say "hi"` string, back\slash string, `percent % and %s` string, q string, a string
-- rows: one
SELECT 'it''s', "say ""hi""", 'back\\slash', 'percent % and %s', '"""' AS q, '\'' AS a;

-- name: version_comment :many
-- => id int
-- rows: many
SELECT /*!40001 SQL_NO_CACHE */ id FROM pair_a;

-- name: other_database :many
-- => id int, message string null, at datetime
-- rows: many
SELECT a.id, a.message, a.at FROM verify_corpus_other.audit a;

-- name: qualified_by_database :many
-- => message string null
-- rows: many
SELECT verify_corpus_other.audit.message FROM verify_corpus_other.audit JOIN pair_a ON pair_a.id = audit.id;

-- name: insert_other_database :exec
-- => -
-- params: ? int, ? string null, ? datetime
INSERT INTO verify_corpus_other.audit (id, message, at) VALUES (?, ?, ?);

-- name: natural_join_of_two :many
-- => shared int null, id int, a_only int null, name string
-- rows: many
SELECT shared, id, a_only, name FROM pair_a NATURAL LEFT JOIN (SELECT id, b_only FROM pair_b) b WHERE name = 'two' OR a_only IS NULL;

-- name: using_chain :many
-- => id int, name string, b_only int null, c_only int null
-- rows: many
SELECT id, a.name, b.b_only, c.c_only FROM pair_a a LEFT JOIN pair_b b USING (id) LEFT JOIN pair_c c USING (id);

-- name: using_right_then_left :many
-- => id int, name string null, b_only int, c_only int null
-- rows: many
SELECT id, a.name, b.b_only, c.c_only FROM pair_a a RIGHT JOIN pair_b b USING (id) LEFT JOIN pair_c c USING (id);

-- name: using_star_merges_columns :many
-- => id int, shared int null, name string, a_only int null, name string null?, b_only int null
-- rows: many
SELECT * FROM pair_a a LEFT JOIN pair_b b USING (id, shared);

-- name: star_and_more :many
-- => id int, name string, shared int null, a_only int null, next int
-- rows: many
SELECT a.*, a.id + 1 AS next FROM pair_a a;

-- name: natural_star :many
-- => id int, shared int, name string, a_only int null?, c_only int null?
-- rows: many
SELECT * FROM pair_a NATURAL JOIN pair_c;

-- name: like_table :many
-- => id int, name string, shared int null, a_only int null
-- rows: many
SELECT * FROM copy_of_a;

-- name: altered_table :many
-- => head int, id int, name string, new_name int null, extra_day date null, flag bool
-- rows: many
SELECT * FROM evolving;

-- name: altered_table_key :one
-- => id int
-- params: ? string
-- rows: zero_or_one
SELECT id FROM evolving WHERE name = ?;

-- name: alias_used_in_having_and_order :many
-- => k int
-- rows: many
SELECT id + 1 AS k FROM pair_a HAVING k > 1 ORDER BY k;

-- name: alias_of_table_hides_its_name :many
-- => id int
-- rows: many
SELECT pair_b.id FROM pair_a AS pair_b;

-- name: group_by_alias_same_as_column :many
-- => name string, n int
-- rows: many
SELECT UPPER(name) AS name, COUNT(*) AS n FROM pair_a GROUP BY UPPER(name);

-- name: order_by_expression_not_selected :many
-- => id int
-- rows: many
SELECT DISTINCT id FROM pair_a ORDER BY id + 1;

-- name: subquery_sees_outer_names :many
-- => x int null
-- rows: many
SELECT (SELECT MAX(b_only) FROM pair_b WHERE pair_b.id = pair_a.id) AS x FROM pair_a;

-- name: inner_name_wins :many
-- => id int
-- rows: many
SELECT id FROM pair_a WHERE EXISTS (SELECT 1 FROM pair_b WHERE id = 4);

-- name: dual :many
-- => two int
-- rows: one
SELECT 1 + 1 AS two FROM DUAL;

-- name: backticked_everything :many
-- => i int, s int null
-- rows: many
SELECT `a`.`id` AS `i`, `a`.`shared` AS `s` FROM `pair_a` `a` INNER JOIN `pair_b` `b` ON (`b`.`id` = `a`.`id`) WHERE (`a`.`name` != '') ORDER BY `i` ASC LIMIT 10;

-- name: double_quoted_alias :many
-- => `the id` int, `the name` string
-- rows: many
SELECT id "the id", name 'the name' FROM pair_a;

-- name: unicode_text :many
-- => a string, b string, c string
-- rows: many
SELECT 'žluťoučký' AS a, '日本語' AS b, '🎉' AS c FROM pair_a;
