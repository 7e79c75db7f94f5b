-- REPLACE: store over the value that was there when the load began, and only over that one: a writer deletes it.
-- KEYS 1 the value.  ARGV 1 fill id of the value that was seen, 2 the new value, 3 ttl ms.
local value = read(KEYS[1])
if not value or string.sub(value, 1, 9) ~= 'V' .. ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
