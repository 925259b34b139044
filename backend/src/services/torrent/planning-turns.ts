/** When is planned: once for all that comes in one turn of the event loop, and again when the last plan wants it. */
export class PlanningTurns {
  private isDue = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined;

  /** `plan` answers in how many milliseconds it wants to be called again if nothing happens before; `Infinity` for never. */
  constructor(private readonly plan: () => number) {}

  /** Something has come. */
  due(): void {
    if (this.isDue || this.isClosed) return;
    this.isDue = true;
    setImmediate(() => this.run());
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private run(): void {
    this.isDue = false;
    if (this.isClosed) return;
    const againMs = this.plan();
    clearTimeout(this.timer);
    if (Number.isFinite(againMs)) this.timer = setTimeout(() => this.due(), Math.max(1, againMs)).unref();
  }
}
