import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { GitOpsApp } from '../../src';
import { RenderedCheck } from '../../src/manifest/rendered-check';
import { expectRefusal } from '../mesh/world';

/** A chart whose widgets must be blue, and another that nobody judges. */
function widgets<A extends App>(app: A) {
  const judged = new Chart(app, 'judged');
  new RenderedCheck(judged, 'Colours', 'Widget', (objects) =>
    objects.flatMap(({ construct, manifest }) => (JSON.stringify(manifest).includes('blue') ? [] : [`[${construct.node.path}] must be blue`])));
  const widget = (chart: Chart, id: string, colour: string, kind = 'Widget'): ApiObject =>
    new ApiObject(new Construct(chart, id), 'Resource', { apiVersion: 'example.com/v1', kind, spec: { colour } });
  return { app, judged, other: new Chart(app, 'other'), widget };
}

const stockProblems = (app: App): string[] => app.node.findAll().flatMap(({ node }) => node.validate());

test('fails for what a patch writes, under GitOpsApp and under any other app', () => {
  for (const app of [new GitOpsApp(), new App()]) {
    const { judged, widget } = widgets(app);
    widget(judged, 'right', 'blue');
    widget(judged, 'wrong', 'blue').addJsonPatch(JsonPatch.replace('/spec/colour', 'red'));
    if (app instanceof GitOpsApp) expectRefusal(() => app.render(), '[judged/wrong/Resource] must be blue');
    expect(stockProblems(app)).toEqual(['[judged/wrong/Resource] must be blue']);
  }
});

test('judges neither other kinds nor objects outside of its scope', () => {
  const { app, judged, other, widget } = widgets(new GitOpsApp());
  widget(judged, 'gadget', 'red', 'Gadget');
  widget(other, 'widget', 'red');
  expect(() => app.render()).not.toThrow();
  expect(stockProblems(app)).toEqual([]);
});

test('is given what is rendered for the files: nothing is rendered twice', () => {
  const { app, judged, widget } = widgets(new GitOpsApp());
  const toJson = jest.spyOn(widget(judged, 'widget', 'blue'), 'toJson');
  app.render();
  expect(toJson).toHaveBeenCalledTimes(1);
});
