-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
DROP TABLE IF EXISTS `wp_posts`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `wp_posts` (
  `ID` bigint unsigned NOT NULL AUTO_INCREMENT,
  `post_author` bigint unsigned NOT NULL DEFAULT '0',
  `post_date` datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  `post_content` longtext COLLATE utf8mb4_unicode_520_ci NOT NULL,
  `post_status` varchar(20) COLLATE utf8mb4_unicode_520_ci NOT NULL DEFAULT 'publish',
  `guid` varchar(255) COLLATE utf8mb4_unicode_520_ci NOT NULL DEFAULT '',
  `comment_count` bigint NOT NULL DEFAULT '0',
  PRIMARY KEY (`ID`),
  KEY `type_status_date` (`post_status`,`post_date`,`ID`),
  KEY `post_author` (`post_author`),
  KEY `guid` (`guid`(191))
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `wp_posts` WRITE;
/*!40000 ALTER TABLE `wp_posts` DISABLE KEYS */;
INSERT INTO `wp_posts` VALUES (1,1,'2024-01-01 00:00:00','a; b','publish','x\';',0),(2,1,'2024-01-01 00:00:00','/* no */ -- no','publish','',0);
/*!40000 ALTER TABLE `wp_posts` ENABLE KEYS */;
UNLOCK TABLES;
/*!50001 DROP VIEW IF EXISTS `published`*/;
/*!50001 CREATE VIEW `published` AS SELECT 
 1 AS `ID`,
 1 AS `guid`*/;
/*!50001 DROP VIEW IF EXISTS `published`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 SQL SECURITY DEFINER */
/*!50001 VIEW `published` AS select `wp_posts`.`ID` AS `ID`,`wp_posts`.`guid` AS `guid` from `wp_posts` where (`wp_posts`.`post_status` = 'publish') */;
/*!50003 CREATE TRIGGER `counted` BEFORE UPDATE ON `wp_posts` FOR EACH ROW BEGIN IF NEW.`comment_count` < 0 THEN SET NEW.`comment_count` = IF(1, 0, 1); END IF; SET @x = CASE WHEN 1 THEN 2 ELSE 3 END; END */;
CREATE PROCEDURE `touch`(IN n INT) BEGIN DECLARE i INT DEFAULT 0; WHILE i < n DO SET i = i + 1; IF i = 3 THEN SELECT 'x;'; ELSE SELECT REPEAT('y', 2); END IF; END WHILE; l: LOOP LEAVE l; END LOOP; CASE n WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE; END;
CREATE FUNCTION `one`() RETURNS INT DETERMINISTIC RETURN 1;
CREATE TABLE `after_it` (`id` int NOT NULL) ENGINE=InnoDB;
