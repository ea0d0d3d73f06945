import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import type { CpuQuantity, MemoryQuantity } from '../../src';
import { requestAndLimit, sizeText } from '../../src/workload/quantity';
import { expectRefusal, stockChart } from '../mesh/world';

const cpu = (...pair: CpuQuantity[]) => requestAndLimit(stockChart(), 'cpu', pair);
const memory = (...pair: MemoryQuantity[]) => requestAndLimit(stockChart(), 'memory', pair);

test('processor is text or Cpu', () => {
  expect(cpu('100m', '1')).toEqual(['100m', '1']);
  expect(cpu('0.5', '1.5')).toEqual(['0.5', '1.5']);
  expect(cpu(Cpu.millis(250), Cpu.units(2))).toEqual(['250m', '2']);
});

test('memory is text or Size', () => {
  expect(memory('64Mi', '1Gi')).toEqual(['64Mi', '1Gi']);
  expect(memory(Size.mebibytes(64), Size.gibibytes(1))).toEqual(['64Mi', '1Gi']);
});

test('a size is written in the largest unit that holds it whole', () => {
  const sizes = [Size.gibibytes(2), Size.mebibytes(1024), Size.mebibytes(1536), Size.kibibytes(100), Size.kibibytes(2048)];
  expect(sizes.map(sizeText)).toEqual(['2Gi', '1Gi', '1536Mi', '100Ki', '2Mi']);
});

test('a limit may equal its request, in other units too', () => {
  expect(cpu('1000m', '1')).toEqual(['1000m', '1']);
  expect(memory('1024Mi', '1Gi')).toEqual(['1024Mi', '1Gi']);
});

test.each<[string, CpuQuantity[], string]>([
  ['zero', ['0m', '100m'], '0m'],
  ['a zero limit', ['100m', '0'], '0'],
  ['a negative amount', ['-100m', '100m'], '-100m'],
  ['zero as Cpu', [Cpu.millis(0), Cpu.millis(1)], '0m'],
  ['what is no amount', ['fast' as '1', '1'], 'fast'],
])('fails for %s of processor', (_, pair, got) => {
  expectRefusal(() => cpu(...pair), '[shop]', 'resources.cpu', 'above zero', `'${got}'`, '100m');
});

test.each<[string, MemoryQuantity[], string]>([
  ['zero', ['0Mi', '64Mi'], '0Mi'],
  ['zero as Size', [Size.mebibytes(0), Size.mebibytes(1)], '0Ki'],
  ['a unit that Kubernetes does not have', ['100mb' as '100Mi', '128Mi'], '100mb'],
  ['a unit of processor', ['100m' as '100Mi', '128Mi'], '100m'],
])('fails for %s of memory', (_, pair, got) => {
  expectRefusal(() => memory(...pair), '[shop]', 'resources.memory', `'${got}'`, '64Mi');
});

test('fails for a unit of memory in an amount of processor', () => {
  expectRefusal(() => cpu('1Mi' as '1', '2Gi' as '2'), '[shop]', 'resources.cpu', "'1Mi'", '100m');
});

test('fails for a limit below its request, whatever the units', () => {
  expectRefusal(() => cpu('1', '500m'), '[shop]', 'resources.cpu', '1 to 500m', 'raise the limit');
  expectRefusal(() => memory('1Gi', '512Mi'), '[shop]', 'resources.memory', '1Gi to 512Mi', 'raise the limit');
});

test('fails for a request without a limit', () => {
  expectRefusal(() => cpu('100m'), '[shop]', 'resources.cpu', '["100m"]', "['100m', '200m']");
});
