-- REGISTER: a process asks to believe its own memory for a while; repeated, to go on with it.
-- KEYS 1 the registry.  ARGV 1 token, 2 number of the last announcement it has acted on, 3 a number to start from,
-- 4.. its tokens from before, which it has given up.
-- {1, number} registered.  {0, number} announcements were missed: forget everything, then ask with this number.
-- {-1, marker} the registry was lost: nobody may believe until all leases given before are over.
local fields = redis.call('HMGET', KEYS[1], '!', '#')
if fields[1] ~= 'A' then return {-1, fields[1] or ''} end
local number = fields[2]
if not number then
  number = ARGV[3]
  redis.call('HSET', KEYS[1], '#', number)
end
for i = 4, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
if number ~= ARGV[2] then return {0, number} end
redis.call('HSET', KEYS[1], ARGV[1], '1')
return {1, number}
