-- A star schema for analytics: facts with nullable keys, as a warehouse has them.
CREATE TABLE date_dim (
  d_sk INT NOT NULL PRIMARY KEY, d_date DATE NOT NULL, d_year INT NULL, d_moy INT NULL, d_qoy INT NULL, d_day_name CHAR(9) NULL
);
CREATE TABLE store (s_sk INT NOT NULL PRIMARY KEY, s_id CHAR(16) NOT NULL, s_name VARCHAR(50) NULL, s_state CHAR(2) NULL, s_gmt DECIMAL(5,2) NULL);
CREATE TABLE item (
  i_sk INT NOT NULL PRIMARY KEY, i_id CHAR(16) NOT NULL, i_desc VARCHAR(200) NULL, i_price DECIMAL(7,2) NULL, i_brand CHAR(50) NULL, i_class CHAR(50) NULL, i_category CHAR(50) NULL
);
CREATE TABLE customer (c_sk INT NOT NULL PRIMARY KEY, c_id CHAR(16) NOT NULL, c_first VARCHAR(20) NULL, c_last VARCHAR(30) NULL, c_birth_year INT NULL);
CREATE TABLE store_sales (
  ss_date_sk INT NULL, ss_item_sk INT NOT NULL, ss_customer_sk INT NULL, ss_store_sk INT NULL, ss_ticket BIGINT NOT NULL,
  ss_quantity INT NULL, ss_list DECIMAL(7,2) NULL, ss_paid DECIMAL(7,2) NULL, ss_profit DECIMAL(7,2) NULL, PRIMARY KEY (ss_item_sk, ss_ticket)
);
CREATE TABLE store_returns (sr_item_sk INT NOT NULL, sr_ticket BIGINT NOT NULL, sr_date_sk INT NULL, sr_amount DECIMAL(7,2) NULL, PRIMARY KEY (sr_item_sk, sr_ticket));
CREATE TABLE web_sales (ws_date_sk INT NULL, ws_item_sk INT NOT NULL, ws_customer_sk INT NULL, ws_order BIGINT NOT NULL, ws_quantity INT NULL, ws_paid DECIMAL(7,2) NULL, PRIMARY KEY (ws_item_sk, ws_order));
