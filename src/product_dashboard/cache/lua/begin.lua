-- BEGIN: a writer is about to commit. This raises its fences, and deletes the values, leases and nonces of its targets.
-- KEYS 1 the gate, 2.. the value or the nonce of each target.
-- ARGV 1 writer, 2 ms until a fence is overdue, 3 channel, 4 ms the gate is kept, 5.. the field of each target.
local time = redis.call('TIME')
local expiry = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
local fence = ARGV[1] .. ':' .. expiry .. ' '
for first = 2, #KEYS, MOST do
  local last = math.min(first + MOST - 1, #KEYS)
  local fences = redis.call('HMGET', KEYS[1], unpack(ARGV, first + 3, last + 3))
  local raised = {}
  for i = 1, #fences do
    raised[2 * i - 1] = ARGV[first + i + 2]
    raised[2 * i] = (fences[i] or '') .. fence
  end
  redis.call('HSET', KEYS[1], unpack(raised))
  local values = redis.call('MGET', unpack(KEYS, first, last)) -- false for a key of another type
  redis.call('DEL', unpack(KEYS, first, last))
  for i = 1, #values do
    if values[i] and string.sub(values[i], 1, 2) == 'L1' then
      redis.call('PUBLISH', ARGV[3], KEYS[first + i - 1]) -- wakes the readers that wait for this load: it will not be stored
    end
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
