-- RENEW: extend the lease of a load that still runs.  KEYS 1 the value.  ARGV 1 token, 2 lease ms.  Returns 1 if the lease is still held.
local value = read(KEYS[1])
if not value or string.sub(value, 1, 1) ~= 'L' or string.sub(value, 3) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
