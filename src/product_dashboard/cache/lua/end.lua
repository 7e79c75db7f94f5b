-- END: the transaction of the writer is over. This removes its fences.
-- KEYS 1 the gate, 2.. the value or the nonce of each target.  ARGV 1 writer, 2.. the field of each target.
-- Returns the number of fences that it removed.
local gone, removed = { [ARGV[1]] = true }, 0
for first = 2, #KEYS, MOST do
  local last = math.min(first + MOST - 1, #KEYS)
  local fences = redis.call('HMGET', KEYS[1], unpack(ARGV, first, last))
  local empty, others, keys = {}, {}, {}
  for i = 1, #fences do
    local kept, found = without(fences[i], gone)
    if found then
      keys[#keys + 1] = KEYS[first + i - 1]
      if kept == '' then
        empty[#empty + 1] = ARGV[first + i - 1]
      else
        others[#others + 1] = ARGV[first + i - 1]
        others[#others + 1] = kept
      end
    end
  end
  if #empty > 0 then redis.call('HDEL', KEYS[1], unpack(empty)) end
  if #others > 0 then redis.call('HSET', KEYS[1], unpack(others)) end
  if #keys > 0 then redis.call('DEL', unpack(keys)) end
  removed = removed + #keys
end
return removed
