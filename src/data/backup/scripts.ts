/** Folder of the backups, one folder each: named for when it began, and `.part` as long as it is not whole. */
export const backupFolder = '/backups';

/** What writes a backup: the older ones go only when the new one is whole, and what failed leaves them as they are. */
export function backupScript(save: readonly string[], retention: number): string {
  return `set -eu
umask 077
new="$BACKUPS/$(date -u +%Y-%m-%dT%H%M%SZ)"
rm -rf "$BACKUPS"/*.part
mkdir "$new.part"
cd "$new.part"
${save.join('\n')}
sync
mv "$new.part" "$new"
ls -1d "$BACKUPS"/*Z | sort -r | tail -n +${retention + 1} | xargs -r rm -rf
echo "saved $new"
`;
}

/** What brings back the backup that \`$BACKUP\` names, or the newest. */
export function restoreScript(restore: readonly string[]): string {
  return `set -eu
name="\${BACKUP:-$(ls -1 "$BACKUPS" | grep 'Z$' | sort | tail -n 1)}"
[ -n "$name" ] || { echo 'there is no backup' >&2; exit 1; }
cd "$BACKUPS/$name"
${restore.join('\n')}
echo "restored $name"
`;
}
