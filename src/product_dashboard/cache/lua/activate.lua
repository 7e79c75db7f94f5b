-- ACTIVATE: make a candidate the marker. All writers from before the candidate are over, so the gate has all fences.
-- KEYS 1 the gate.  ARGV 1 the candidate that was seen.  Returns 1 if the gate is active.
local marker = redis.call('HGET', KEYS[1], '!')
if marker == ARGV[1] then
  redis.call('HSET', KEYS[1], '!', 'A')
  return 1
end
return marker == 'A' and 1 or 0
