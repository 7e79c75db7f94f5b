-- SETTLE: a load has ended. Store its value, or only give the lease back.
-- KEYS 1 the value.  ARGV 1 token, 2 channel, 3 the value, or "" to store none, 4 ttl ms.
-- Returns 1 if the lease was still held, which means that no writer of this name has begun since LEASE. Else 0.
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
