-- PREPARE: a gate without a marker gets a candidate; the first one stays. Returns the marker that the gate has now.
-- KEYS 1 the gate.  ARGV 1 random part of a candidate, 2 ms the gate is kept.
local marker = redis.call('HGET', KEYS[1], '!')
if not marker then
  marker = 'C' .. ARGV[1]
  redis.call('HSET', KEYS[1], '!', marker)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return marker
