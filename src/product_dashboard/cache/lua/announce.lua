-- ANNOUNCE: after BEGIN, tell all who believe their own memory. From here on none of them can prolong its lease
-- without having heard of this.
-- KEYS 1 the registry.  ARGV 1 channel, 2 where to acknowledge, 3 a number to start from, 4.. what is invalid.
-- {1, number, token...} these have to be waited for.  {0, number} the registry was lost: wait for the longest lease.
local known = redis.call('HGET', KEYS[1], '!') == 'A' and 1 or 0
local number = redis.call('HGET', KEYS[1], '#') or ARGV[3]
local reply = {known, number}
for _, token in ipairs(redis.call('HKEYS', KEYS[1])) do
  if token ~= '!' and token ~= '#' then reply[#reply + 1] = token end
end
if #reply == 2 and known == 1 then return reply end -- nobody to tell, and whoever comes later finds the fence
number = string.format('%.0f', tonumber(number) + 1)
redis.call('HSET', KEYS[1], '#', number)
redis.call('PUBLISH', ARGV[1], number .. '\n' .. ARGV[2] .. '\n' .. table.concat(ARGV, '\n', 4))
reply[2] = number
return reply
