import { openCase, part, visit } from "./case";
import { expect, settled, test } from "./watch";

test("script in a title, a note, a task and a file name is text on the page, and the browser reports nothing", async ({
  page,
}) => {
  const script = "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'>";
  const id = await openCase(page, script);
  await visit(page, id, "notes");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(script);
  await page.getByRole("textbox", { name: /^note/ }).fill(script);
  await page.getByRole("button", { name: "Write the note" }).click();
  await expect(page.locator("[data-note]")).toContainText(script);
  await part(page, "Tasks");
  await page.getByLabel("what is to be done").fill(script);
  await page.getByRole("button", { name: "Add the task" }).click();
  await expect(page.locator("[data-task]")).toContainText(script);
  await part(page, "Evidence");
  await page
    .getByLabel("file, at most 25 MiB")
    .setInputFiles({ name: "a<img src=x>.txt", mimeType: "text/plain", buffer: Buffer.from(script) });
  await page.getByLabel("where it comes from").fill(script);
  await page.getByRole("button", { name: "Add the evidence" }).click();
  await page.locator("[data-evidence]").getByRole("button", { name: /^view/ }).click();
  await expect(page.getByRole("dialog")).toContainText(script);
  await page.keyboard.press("Escape");
  await part(page, "Timeline");
  await expect(page.getByText(script).first()).toBeVisible();
  await page.goto("/cases");
  await settled(page);
  await expect(page.locator(`[data-case="${id}"]`)).toContainText(script);
  const made = page.locator("main script, main img, [role=dialog] img");
  await expect(made).toHaveCount(0);
  expect(await page.evaluate(() => "taken" in window)).toBe(false);
});
