import { BackupPlan } from './backed-up';

const socket = '/tmp/restore.sock';
const local = `redis-cli -s ${socket}`;
const migrate = 'for _, key in ipairs(redis.call("KEYS", "*")) do redis.call("MIGRATE", ARGV[1], ARGV[2], key, 0, 5000, "COPY", "REPLACE") end';

/**
 * A snapshot that the server sends, as to a replica. A server that runs reads none, so another one beside the restore does, and sends key by key.
 * Source: Redis, `redis-cli --rdb`, MIGRATE.
 */
export const redisBackup: Pick<BackupPlan, 'save' | 'restore'> = {
  save: ['redis-cli -h "$HOST" -p "$PORT" --rdb dump.rdb', 'redis-check-rdb dump.rdb > /dev/null'],
  restore: [
    `redis-server --port 0 --unixsocket ${socket} --dir "$PWD" --dbfilename dump.rdb --save '' --appendonly no --daemonize yes --logfile /tmp/restore.log`,
    `until ${local} ping 2>/dev/null | grep -q PONG; do sleep 1; done`,
    `${local} -e eval '${migrate}' 0 "$HOST" "$PORT"`,
    `${local} shutdown nosave`,
  ],
};
