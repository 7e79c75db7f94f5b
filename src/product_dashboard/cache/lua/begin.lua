-- BEGIN: a writer is about to commit. This raises its fences, and deletes the values, leases and nonces of its targets.
-- KEYS 1 the gate, 2.. the value or the nonce of each target.
-- ARGV 1 writer, 2 ms until a fence is overdue, 3 channel, 4 ms the gate is kept, 5.. the field of each target.
local time = redis.call('TIME')
local expiry = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
for i = 2, #KEYS do
  local field = ARGV[i + 3]
  local fences = redis.call('HGET', KEYS[1], field) or ''
  redis.call('HSET', KEYS[1], field, fences .. ARGV[1] .. ':' .. expiry .. ' ')
  local value = read(KEYS[i])
  redis.call('DEL', KEYS[i])
  if value and string.sub(value, 1, 2) == 'L1' then
    redis.call('PUBLISH', ARGV[3], KEYS[i]) -- wakes the readers that wait for this load: it will not be stored
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
