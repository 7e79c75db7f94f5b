-- BEGIN: a writer is about to commit: its fence goes up, what is stored or being loaded goes away.
-- KEYS 1 the value or the tag's nonce, 2 the gate.  ARGV 1 name, 2 writer, 3 ms, 4 channel, 5 ms the gate is kept.
local time = redis.call('TIME')
local expiry = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
local fences = redis.call('HGET', KEYS[2], ARGV[1]) or ''
redis.call('HSET', KEYS[2], ARGV[1], fences .. ARGV[2] .. ':' .. string.format('%.0f', expiry) .. ' ')
redis.call('PEXPIRE', KEYS[2], ARGV[5])
local value = read(KEYS[1])
redis.call('DEL', KEYS[1])
if value and string.sub(value, 1, 2) == 'L1' then
  redis.call('PUBLISH', ARGV[4], KEYS[1]) -- its waiters need not wait for a store that will be refused
end
return 1
