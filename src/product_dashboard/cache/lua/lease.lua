-- LEASE: a reader that found no usable value asks for the right to load it, and for the nonces of its tags in this bucket.
-- KEYS 1 the value, 2 the gate, 3.. the nonces.  ARGV 1 token, 2 lease ms, 3 fill id of a value that is not usable (or ""),
-- 4 new nonces (8 bytes each), 5 ms they are kept, 6 the field of the value, 7.. of each tag, then writers that are known
-- to be over.
-- {'V', value, nonces} a value is there by now; a nonce may be missing
-- {'W', ms left}       another reader loads it: wait for its message, but not longer than this
-- {'F'}                a writer is in flight: read the database, store nothing
-- {'X', writers}       as F, but their fences are overdue: ask the database whether they are over
-- {'G', marker}        the gate is not active: fences may have been lost
-- {'L', nonces}        this reader has the lease: it loads the value
local value = read(KEYS[1])
if value and string.sub(value, 1, 1) == 'V' and string.sub(value, 2, 9) ~= ARGV[3] then
  local found = #KEYS > 2 and redis.call('MGET', unpack(KEYS, 3)) or {}
  return {'V', value, unpack(found)}
end
local names = list_of(6, #KEYS + 4)
if #ARGV > #KEYS + 4 then remove(KEYS[2], names, set_from(#KEYS + 5)) end
local stop = obstacle(KEYS[2], names)
if stop then return stop end
if value and string.sub(value, 1, 1) == 'L' then
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 then
    if string.sub(value, 2, 2) == '0' then -- a reader waits: the end of the load is published
      redis.call('SET', KEYS[1], 'L1' .. string.sub(value, 3), 'PX', left)
    end
    return {'W', left}
  end
end
redis.call('SET', KEYS[1], 'L0' .. ARGV[1], 'PX', ARGV[2])
return {'L', unpack(nonces(3, ARGV[4], ARGV[5]))}
