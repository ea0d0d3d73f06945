import { Duration } from 'cdk8s';

const policy = 'logs-retention';

/** One index for each day (UTC) that a line was written on, as Logstash has it. The names of data streams, `logs-*-*`, have a dash more. */
export const dailyIndex = 'logs-%{+YYYY.MM.dd}';

/** Deletes an index when all in it is old enough: its age counts from its first line, which is up to a day older than its last. */
export function retentionPolicy(retention: Duration): string {
  const phases = { hot: { actions: {} }, delete: { min_age: `${retention.toDays() + 1}d`, actions: { delete: {} } } };
  return json({ policy: { phases } });
}

/** What the daily indices are like. There is one node, so that copies would have no place; labels of pods may be of any name and depth. */
export function indexTemplate(): string {
  const keyword = { type: 'keyword', ignore_above: 1024 };
  return json({
    index_patterns: ['logs-2*'],
    priority: 200, // above that of the data streams
    template: {
      settings: { index: { number_of_shards: 1, number_of_replicas: 0, lifecycle: { name: policy } } },
      mappings: {
        dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: keyword } }],
        properties: {
          '@timestamp': { type: 'date' },
          'message': { type: 'match_only_text' },
          'kubernetes': { properties: { labels: { type: 'flattened' }, annotations: { type: 'flattened' } } },
        },
      },
    },
  });
}

/** Puts both into the store as soon as it answers; the pod starts again where it refuses one. @param folder where the files are */
export function setUpIndices(folder: string): string {
  const store = 'http://127.0.0.1:9200';
  return [
    'set -e',
    `until curl --silent --fail --output /dev/null '${store}/_cluster/health?wait_for_status=yellow&timeout=5s'; do sleep 2; done`,
    'put() {',
    `  curl --silent --show-error --fail --request PUT --header 'content-type: application/json' --data-binary "@${folder}/$2" "${store}/$1"`,
    '}',
    `put _ilm/policy/${policy} policy.json`,
    'put _index_template/logs-daily template.json',
    '',
  ].join('\n');
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
