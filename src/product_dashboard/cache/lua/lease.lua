-- LEASE: a reader that found no usable value asks for the right to load it.
-- KEYS 1 the value, 2 the gate.  ARGV 1 name, 2 token, 3 lease ms, 4 fill id of a value that is not usable (or ""),
-- 5.. writers of fences that are known to be over.
-- {'V', value}         a value is there by now
-- {'W', ms left}       another reader loads it: wait for its message, but not longer than this
-- {'F'}                a writer is in flight: read the database, store nothing
-- {'X', fences}        as F, but these fences are overdue: ask the database whether their writers are over
-- {'G', marker}        the gate is not active: fences may have been lost
-- {'L'}                this reader has the lease: it loads the value
local value = read(KEYS[1])
if value and string.sub(value, 1, 1) == 'V' and string.sub(value, 2, 9) ~= ARGV[4] then
  return {'V', value}
end
if #ARGV > 4 then remove(KEYS[2], ARGV[1], set_from(5)) end
local stop = obstacle(KEYS[2], ARGV[1])
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
redis.call('SET', KEYS[1], 'L0' .. ARGV[2], 'PX', ARGV[3])
return {'L'}
