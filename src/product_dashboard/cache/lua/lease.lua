-- LEASE: what a reader that missed may do.
-- KEYS 1 the value, 2 the gate.  ARGV 1 name, 2 token, 3 lease ms, 4 fill id to pass over (or ""), 5.. fences to clear.
-- {'V', value}         it is there by now
-- {'W', ms left}       another one loads it: wait for the message, at most so long
-- {'F'}                a writer is in flight: read the database, do not store
-- {'X', fences}        as F, but these fences are past their time: let the database tell whether their writers are over
-- {'G', marker}        the gate has no valid marker: fences may have been lost with it
-- {'L', passed}        the lease is yours; passed = 1 when the value to pass over was still there until now
local value = read(KEYS[1])
if value and string.sub(value, 1, 1) == 'V' and string.sub(value, 2, 9) ~= ARGV[4] then
  return {'V', value}
end
if #ARGV > 4 then remove(KEYS[2], ARGV[1], list_from(5)) end
local stop = obstacle(KEYS[2], ARGV[1])
if stop then return stop end
if value and string.sub(value, 1, 1) == 'L' then
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 then
    if string.sub(value, 2, 2) == '0' then -- from now on its end is worth a message
      redis.call('SET', KEYS[1], 'L1' .. string.sub(value, 3), 'PX', left)
    end
    return {'W', left}
  end
end
local passed = value and string.sub(value, 1, 1) == 'V'
redis.call('SET', KEYS[1], 'L0' .. ARGV[2], 'PX', ARGV[3])
return {'L', passed and 1 or 0}
