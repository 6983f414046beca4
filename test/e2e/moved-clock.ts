/** Loaded before a program (`--import`), so that it runs on a machine whose clock is off by `MOVED_CLOCK_MS`. */
const movedMs = Number(process.env['MOVED_CLOCK_MS']);
const RealDate = Date;
const now = (): number => RealDate.now() + movedMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) => {
    const made: unknown = Reflect.construct(target, args.length === 0 ? [now()] : args);
    if (!(made instanceof RealDate)) throw new TypeError('a Date makes dates');
    return made;
  },
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
});
