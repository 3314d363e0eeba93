-- What a day's queue rested on beside indicators, compressed: so that the last weeks can be filled again under other settings.
CREATE TABLE queue_days (day BIGINT PRIMARY KEY, body {blob} NOT NULL)
