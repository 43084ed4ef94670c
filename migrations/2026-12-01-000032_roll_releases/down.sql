DROP TABLE order_release;
