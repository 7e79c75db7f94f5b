-- TAG: return the nonce of a tag; create it if there is none.
-- KEYS 1 the nonce, 2 the gate.  ARGV 1 name, 2 a new nonce (8 bytes), 3 ms it is kept,
-- 4.. writers of fences that are known to be over.
-- Returns {'T', nonce}, or F, X, G as in LEASE.
if #ARGV > 3 then remove(KEYS[2], ARGV[1], set_from(4)) end
local stop = obstacle(KEYS[2], ARGV[1])
if stop then return stop end
local nonce = read(KEYS[1])
if not nonce or #nonce ~= 8 then
  nonce = ARGV[2]
  redis.call('SET', KEYS[1], nonce, 'PX', ARGV[3])
elseif redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return {'T', nonce}
