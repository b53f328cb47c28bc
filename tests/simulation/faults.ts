// The faults of a simulated run: which kinds a seed turns on, when they come, and that they end before the judgement.
import type { World } from "./world.ts";

type Fault = (world: World) => void;

/** Runs something for a while: the change, and its undoing. */
function forSome(
  world: World,
  [minMs, maxMs]: [number, number],
  what: string,
  set: (on: boolean) => void,
): void {
  const ms = world.loop.between(minMs, maxMs);
  world.excuseInFlight(`${what} for ${ms} ms`);
  set(true);
  world.loop.after(ms, () => {
    world.excuseInFlight(`${what} ends`);
    set(false);
  });
}

const faults: Record<string, Fault> = {
  kill: (world) => {
    const one = world.anyProcess();
    if (one) world.kill(one);
  },
  terminate: (world) => {
    const one = world.anyProcess();
    if (one) world.terminate(one);
  },
  upgrade: (world) => {
    if (world.release === 1) world.upgrade();
  },
  freeze: (world) => {
    const one = world.anyProcess();
    if (one) world.freeze(one, world.loop.between(1_000, 20_000));
  },
  flushAll: (world) => {
    world.excuseInFlight("FLUSHALL");
    world.partner.gap.forget(world.redis.entries.keys());
    world.redis.flushAll();
    world.services.shared.tokens.clear();
    world.services.shared.blocked.clear();
    world.services.shared.refusals.clear();
  },
  /** The master dies; its replica takes over some time later, without what was written in the master's last moments. Nothing is excused. */
  failover: (world) => {
    // Without documents on their way there is nothing to lose.
    world.insert(10, 8_000);
    world.loop.after(world.loop.between(4_000, 10_000), () => failOver(world));
  },
  destroyGroup: (world) => {
    world.excuseInFlight("XGROUP DESTROY");
    world.partner.gap.forget(world.redis.pending.keys());
    world.redis.destroyGroup();
  },
  deleteEntry: (world) => {
    world.excuseInFlight("XDEL of one entry");
    const id = [...world.redis.entries.keys()][0];
    if (id === undefined) return;
    world.partner.gap.forget([id]);
    world.redis.entries.delete(id);
  },
  trim: (world) => {
    world.excuseInFlight("XTRIM MAXLEN 0");
    world.partner.gap.forget(world.redis.entries.keys());
    world.redis.entries.clear();
  },
  redisDown: (world) => forSome(world, [500, 15_000], "Redis down", (on) => world.services.faults.down = on),
  redisFlaky: (world) =>
    forSome(world, [2_000, 20_000], "Redis loses requests and answers", (on) => {
      world.services.faults.request = on ? 0.1 : 0;
      world.services.faults.answer = on ? 0.1 : 0;
    }),
  sourceDown: (world) =>
    forSome(world, [1_000, 20_000], "SQL Server down", (on) => world.source.faults.down = on),
  sourceFlaky: (world) =>
    forSome(world, [2_000, 20_000], "SQL Server loses requests and answers", (on) => {
      world.source.faults.request = on ? 0.1 : 0;
      world.source.faults.answer = on ? 0.1 : 0;
    }),
  partnerDown: (world) =>
    forSome(world, [5_000, 120_000], "partner down", (on) => world.partner.faults.down = on),
  partnerHangs: (world) =>
    forSome(world, [1_000, 40_000], "partner hangs", (on) => world.partner.faults.hangs = on),
  partnerFlaky: (world) =>
    forSome(world, [2_000, 30_000], "partner loses answers and has trouble", (on) => {
      world.partner.faults.lostAnswer = on ? 0.3 : 0;
      world.partner.faults.trouble = on ? 0.3 : 0;
      world.partner.faults.busy = on ? 0.1 : 0;
    }),
  expireTokens: (world) => {
    world.tell("all tokens expire");
    world.partner.expireTokens();
  },
  wrongPassword: (world) => {
    const user = `user-S${world.loop.between(1, 3)}`;
    world.tell(`password of ${user} changes`);
    world.partner.passwords.set(user, "changed");
    world.partner.expireTokens();
    world.loop.after(world.loop.between(10_000, 90_000), () => {
      world.tell(`password of ${user} is corrected`);
      world.partner.passwords.set(user, "right");
    });
  },
};

/** Only where the partner has no PUT: answers are lost, and soon after comes what makes documents wait, or makes Redis forget. */
const gatewayFaults: Record<string, Fault> = {
  loseAnswersThen: (world) => {
    world.insert(10, 8_000);
    forSome(world, [8_000, 20_000], "partner loses most answers", (on) => {
      world.partner.faults.lostAnswer = on ? 0.7 : 0;
    });
    const next = [faults.partnerDown, faults.wrongPassword, (world: World) => failOverUnread(world, 200)];
    for (const fault of next) {
      if (world.loop.chance(0.5)) world.loop.after(world.loop.between(4_000, 12_000), () => fault?.(world));
    }
  },
};

/** While the replica has entries that nobody has read: they are sent before the master dies, and look unread again. */
function failOverUnread(world: World, looks: number): void {
  const { entries, pending } = world.redis;
  if (looks === 0) return;
  if ([...entries.keys()].some((id) => !pending.has(id))) failOver(world);
  else world.loop.after(50, () => failOverUnread(world, looks - 1));
}

function failOver(world: World): void {
  const takeOver = world.redis.copy();
  world.loop.after(world.loop.between(0, 1_000), () => {
    world.tell("the master of Redis dies");
    world.services.faults.down = true;
    world.loop.after(world.loop.between(500, 15_000), () => {
      world.tell("its replica takes over");
      const before = [...world.redis.entries.keys()];
      takeOver();
      // What the replica has, it may show as unread: then it is in doubt (shared/footing.ts), and nothing is excused.
      world.partner.gap.forget(before.filter((id) => !world.redis.entries.has(id)));
      world.services.faults.down = false;
    });
  });
}

/** Plans a seed's faults: none at all for some seeds, else a few kinds, several times within the first two minutes. */
export function planFaults(world: World): string[] {
  if (world.loop.chance(0.1)) return [];
  const kinds = world.dialect === "gateway" ? { ...faults, ...gatewayFaults } : faults;
  const names = Object.keys(kinds).filter(() => world.loop.chance(0.3));
  for (const name of names) {
    const times = name === "kill" ? world.loop.between(1, 3) : world.loop.between(1, 2);
    for (let i = 0; i < times; i++) {
      world.loop.after(world.loop.between(1_000, 120_000), () => kinds[name]?.(world));
    }
  }
  return names;
}
