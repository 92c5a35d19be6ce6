// Changes of registered devices: another box, another place, the end, or two that are one. Each is tried first.
import { has, note, number, shellWord, t, time } from './format.js';
import { api, fill, frame, h, setSimulated, show } from './frame.js';

frame();
const kinds = ['replace', 'move', 'retire', 'merge'];
// What each change needs beside device, time, person and reason, as the API names it.
const fieldsOf = { replace: ['address', 'profile', 'oldIndex', 'newIndex'], move: ['village', 'site', 'feeder', 'route', 'zone'], retire: [], merge: ['into'] };

open();

async function open() {
  try {
    const [overview, devices, inbox] = await Promise.all([api('overview'), api('devices'), api('inbox?limit=1')]);
    setSimulated(overview.isSimulated);
    show(h('h1', {}, t('changes')), h('p', { class: 'sub' }, t('changesHelp')), form(devices, inbox));
  } catch (error) {
    show(h('p', { class: 'error', role: 'alert' }, error instanceof TypeError ? t('unreachable') : error.message),
      h('div', { class: 'tools' }, h('button', { type: 'button', onclick: open }, t('tryAgain'))));
  }
}

const control = (name, attributes, tag = 'input', ...children) =>
  h(tag, { name, id: `change-${name}`, 'data-key': `change-${name}`, autocomplete: 'off', ...attributes }, children);
const field = (name, element) => h('label', { for: element.id }, h('small', {}, t(name)), element);
const choice = (name, places) => control(name, {}, 'select', h('option', { value: '' }, t('changeKeeps')),
  places.map((place) => h('option', { value: place.code }, `${place.name} (${place.code})`)));

function form(devices, inbox) {
  const list = { list: 'change-devices' };
  const controls = {
    change: control('change', {}, 'select', kinds.map((kind) => h('option', { value: kind }, t(`change_${kind}`)))),
    device: control('device', { ...list, required: true }), at: control('at', { type: 'datetime-local' }),
    by: control('by', { required: true, maxlength: 120 }), reason: control('reason', { required: true, maxlength: 300 }),
    address: control('address'), profile: control('profile', { list: 'change-profiles' }),
    oldIndex: control('oldIndex', { type: 'number', step: 'any' }), newIndex: control('newIndex', { type: 'number', step: 'any' }),
    village: choice('village', inbox.places.villages), site: choice('site', inbox.places.sites),
    feeder: control('feeder'), route: control('route'), zone: control('zone'), into: control('into', list),
  };
  const names = { change: 'changeKind', device: 'device', at: 'changeAt', by: 'decidedBy', reason: 'commandReason', address: 'changeAddress',
    profile: 'profile', oldIndex: 'changeOldIndex', newIndex: 'changeNewIndex', village: 'village', site: 'site', feeder: 'label_feeder',
    route: 'label_route', zone: 'label_zone', into: 'changeInto' };
  const fields = Object.fromEntries(Object.entries(controls).map(([name, element]) => [name, field(names[name], element)]));
  const said = h('div', { role: 'status' });
  const write = h('button', { type: 'submit', class: 'main', 'data-key': 'change-write', disabled: true }, t('changeWrite'));
  const attempt = h('button', { type: 'button', 'data-key': 'change-try', onclick: () => change(true) }, t('changeTry'));
  let tried = null;

  function request() {
    const value = (name) => controls[name].value.trim() || undefined;
    const kind = controls.change.value;
    const asked = { change: kind, device: value('device'), by: value('by'), reason: value('reason') };
    // Times are those of Vietnam, as everywhere on these pages.
    if (value('at')) asked.at = `${value('at')}:00+07:00`;
    for (const name of fieldsOf[kind]) {
      if (name === 'oldIndex' || name === 'newIndex') continue;
      if (value(name)) asked[name] = value(name);
    }
    // An empty name stands for the counter that is usual for the kind of device.
    if (kind === 'replace' && value('oldIndex')) asked.oldIndices = { '': Number(value('oldIndex')) };
    if (kind === 'replace' && value('newIndex')) asked.newIndices = { '': Number(value('newIndex')) };
    return asked;
  }

  function refresh() {
    const kind = controls.change.value;
    for (const name of Object.values(fieldsOf).flat()) fields[name].hidden = !fieldsOf[kind].includes(name);
    controls.into.required = kind === 'merge';
    write.disabled = tried === null || tried !== JSON.stringify(request());
  }

  async function change(dryRun) {
    if (!made.reportValidity()) return;
    const asked = request();
    attempt.disabled = true;
    write.disabled = true;
    try {
      const view = await api('devices/change', 'POST', { ...asked, dryRun });
      tried = dryRun ? JSON.stringify(asked) : null;
      fill(said, outcome(view));
    } catch (error) {
      tried = null;
      const sentences = error instanceof TypeError ? [t('unreachable')] : error.faults?.length ? error.faults.map(note) : [error.message];
      fill(said, h('div', { class: 'error said', role: 'alert' }, h('strong', {}, t('changeFailed')),
        sentences.map((sentence) => h('p', {}, sentence))));
    }
    attempt.disabled = false;
    refresh();
  }

  const made = h('form', { class: 'card', oninput: refresh, onsubmit: (event) => { event.preventDefault(); change(false); } },
    h('datalist', { id: 'change-devices' }, devices.map((one) => h('option', { value: one.code }, one.name))),
    h('datalist', { id: 'change-profiles' }, inbox.profiles.map((one) => h('option', { value: one.id }, one.model))),
    h('div', { class: 'fields' }, Object.values(fields)),
    inbox.canAdopt ? [h('div', { class: 'tools' }, attempt, write), said]
      : [h('p', { class: 'meta' }, t('changeByCommand')), h('code', {}, `langso devices retire ${shellWord('CODE')} --reason … --config langso.yaml --dry-run`)]);
  refresh();
  return made;
}

function outcome(view) {
  return h('div', { class: 'card said' },
    h('p', {}, h('strong', {}, `${t(view.written ? 'changeDone' : 'changeWould')}: ${view.device}`), ' ', h('small', {}, time(view.at))),
    view.differences.length ? h('dl', { class: 'wrap' }, view.differences.map((one) => [
      h('dt', {}, h('code', {}, one.column)), h('dd', {}, `${one.before || '—'} → ${one.after || '—'}`)])) : null,
    Object.entries(view.counterOffsets).map(([quantity, offset]) =>
      h('p', {}, `${t('changeOffset')} ${quantity}: ${number(offset, '', 3)}`)),
    has(view.decoded) ? h('p', {}, `${t('decoded')}: ${number(view.decoded)}`) : null,
    view.warnings.map((warning) => h('p', {}, note(warning))));
}
