-- END: the writer's transaction is over: its fence comes down.
-- KEYS 1 the value or the tag's nonce, 2 the gate.  ARGV 1 name, 2 writer.  1 when the fence was still there.
local found = remove(KEYS[2], ARGV[1], { [ARGV[2]] = true })
if found == 1 then redis.call('DEL', KEYS[1]) end
return found
