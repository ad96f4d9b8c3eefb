// Writes resources of the AWS provider of Terraform as its schema has them.
//
//   provider.mjs PACKAGES < resources.json > written.json
//
// Each resource is {type, values}. The classes that cdktf generates from the schema
// take the values and write what the schema knows; what it does not know is lost. With
// the resources come the names of all arguments and attributes of their types.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';

const packages = process.argv[2];
const require = createRequire(packages + '/node_modules/');
const {App, TerraformStack, Testing, Token} = require('cdktf');

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
const argument = (v) => Array.isArray(v) ? v.map(argument) : v && typeof v === 'object'
    ? Object.fromEntries(Object.entries(v).map(([name, value]) => [camel(name), argument(value)])) : v;

const resources = JSON.parse(readFileSync(0, 'utf8'));
const written = [], names = {};
for (const {type, values} of resources) {
  const kind = type.replace('aws_quicksight_', '');
  const library = `@cdktf/provider-aws/lib/quicksight-${kind.replaceAll('_', '-')}`;
  const Class = require(library)[camel('quicksight_' + kind).replace(/^./, (c) => c.toUpperCase())];
  const stack = new TerraformStack(Testing.app(), 'stack');
  const resource = new Class(stack, 'one', argument(values));
  written.push({type, values: JSON.parse(Testing.synth(stack)).resource[type].one});
  const attributes = [];
  for (let of = Class.prototype; of && of !== Object.prototype && of.constructor.name !== 'TerraformResource'; of = Object.getPrototypeOf(of)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(of))) {
      if (property.get && !name.endsWith('Input')) attributes.push(name.replace(/[A-Z0-9]+/g, (c) => '_' + c.toLowerCase()));
    }
  }
  names[type] = [...new Set(attributes)].sort();
}
console.log(JSON.stringify({written, names}));
