CREATE TABLE tickets (
  id INT PRIMARY KEY,
  status ENUM('new', 'open', 'closed') NOT NULL,
  flags SET('a', 'b') NOT NULL,
  weight FLOAT NOT NULL,
  level TINYINT(1) NOT NULL,
  data JSON NOT NULL
);
