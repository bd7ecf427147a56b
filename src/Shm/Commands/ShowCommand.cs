using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary><c>shm show NAME</c>: what is in one block, or of one manager.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Name = new Argument<string>("NAME") { Description = "The name of a block, or the id of a manager." }.Named().CompleteBlocksAndManagers();

    internal static Command Create()
    {
        var command = new Command("show", "Says what is in a block, and who holds what of it. Changes and repairs nothing.") { Name };
        command.SetGuardedAction(static result =>
        {
            string name = result.GetRequiredValue(Name);
            SystemPicture picture = new Inspector().Look();
            (Fields fields, bool isWhole) = Describe(picture, name);
            switch (result.GetValue(CommonOptions.Format))
            {
                case OutputFormat.Json:
                    JsonOutput.Write(writer => JsonOutput.WriteValue(writer, fields));
                    break;
                case OutputFormat.Csv:
                    CsvOutput.Write(fields);
                    break;
                default:
                    FieldsTable.Write(fields);
                    break;
            }

            return isWhole ? ExitCode.Done : ExitCode.Found;
        });
        return command;
    }

    private static (Fields Fields, bool IsWhole) Describe(SystemPicture picture, string name)
    {
        if (picture.Blocks.FirstOrDefault(block => block.Name == name) is BlockSight block)
        {
            Fields contents = StructureDecoder.Decode(block.Name, block.Kind);
            var fields = new Fields();
            foreach (Column<BlockSight> column in PictureOutput.BlockColumns(picture))
            {
                fields.Add(column.Field, column.Value(block));
            }

            fields.Add("contents", contents);
            return (fields, contents.All(static field => field.Name != StructureDecoder.Problem));
        }

        if (picture.Managers.FirstOrDefault(manager => manager.Id == name || manager.Prefix == name) is ManagerSight manager)
        {
            var fields = new Fields();
            foreach (Column<ManagerSight> column in PictureOutput.ManagerColumns(picture))
            {
                fields.Add(column.Field, column.Value(manager));
            }

            fields.Add("names", picture.Blocks.Where(block => block.ManagerId == manager.Id).Select(static block => block.Name).ToList());
            return (fields, true);
        }

        throw new FileNotFoundException($"There is no block and no manager '{name}'.", name);
    }
}
