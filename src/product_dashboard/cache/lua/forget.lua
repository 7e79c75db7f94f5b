-- FORGET: leases that were waited out. KEYS 1 the registry.  ARGV tokens.
return redis.call('HDEL', KEYS[1], unpack(ARGV))
