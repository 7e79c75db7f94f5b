-- SETTLE: a load is over, well or not.
-- KEYS 1 the value.  ARGV 1 token, 2 channel, 3 value ("": only give the lease back), 4 ttl ms.
-- Returns 1 if the lease was still held. Then no writer of this name has begun since LEASE.
local value = read(KEYS[1])
if not value or string.sub(value, 1, 1) ~= 'L' or string.sub(value, 3) ~= ARGV[1] then
  return 0
end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
end
if string.sub(value, 2, 2) == '1' then redis.call('PUBLISH', ARGV[2], KEYS[1]) end
return 1
