-- TAG: return the nonces of the tags that are in another bucket than the value; create those that are missing.
-- KEYS 1 the gate, 2.. the nonces.  ARGV 1 new nonces (8 bytes each), 2 ms they are kept, 3.. the field of each tag,
-- then writers that are known to be over.
-- Returns {'T', nonces}, or F, X, G as in LEASE.
local names = list_of(3, #KEYS + 1)
if #ARGV > #KEYS + 1 then remove(KEYS[1], names, set_from(#KEYS + 2)) end
return obstacle(KEYS[1], names) or {'T', unpack(nonces(2, ARGV[1], ARGV[2]))}
